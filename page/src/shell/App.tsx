import { route } from "../router";

export function App() {
  return <main>{route.value.name}</main>;
}
