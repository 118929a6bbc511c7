import { groups, names } from "../keys";
import { Dialog } from "../parts/Dialog";
import { keyLabel } from "./keyLabel";
import { overlay } from "./overlays";

/** Every key that works here and now, as its part of the page registered it. */
export function Help() {
  return (
    <Dialog title="Keys" wide onClose={() => (overlay.value = null)}>
      <div class="help-groups">
        {groups.value
          .filter((group) => group.bindings.length > 0)
          .map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.bindings.map((binding) => (
                  <>
                    <dt>
                      {names(binding).map((name, i) => (
                        <>
                          {i > 0 && " "}
                          <kbd>{keyLabel(name)}</kbd>
                        </>
                      ))}
                    </dt>
                    <dd>{binding.label}</dd>
                  </>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
