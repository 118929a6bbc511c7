import { useEffect, useState } from "preact/hooks";
import { getAudit } from "../api";
import { count, moment } from "../format";
import { Status } from "../parts/Status";
import { sentence } from "../parts/useLoaded";
import type { AuditEntry } from "../types";
import { detailText } from "./detailText";

/** Who did what, newest first. Lines are never changed and never go. */
export function AuditTrail() {
  const [lines, setLines] = useState<AuditEntry[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [total, setTotal] = useState(0);
  const [loading, setLoading] = useState(true);
  const [fault, setFault] = useState<string | null>(null);
  const load = async (cursor: string | null) => {
    setLoading(true);
    try {
      const page = await getAudit(cursor);
      setLines((before) => (cursor ? [...before, ...page.items] : page.items));
      setNext(page.next);
      setTotal(page.total);
      setFault(null);
    } catch (error) {
      setFault(sentence(error));
    }
    setLoading(false);
  };
  useEffect(() => void load(null), []);
  return (
    <div class="stack">
      <Status loading={loading && lines.length === 0} fault={fault} again={() => void load(null)} />
      {lines.length > 0 && (
        <div class="table-scroll">
          <table class="table">
            <caption class="hidden-visually">Audit trail, {count(total)} lines</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">On</th>
                <th scope="col">More</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.id}>
                  <td class="mono small">{moment(line.at)}</td>
                  <td>{line.user ?? <span class="soft">the program</span>}</td>
                  <td>{line.action}</td>
                  <td class="mono small">{line.object}</td>
                  <td class="soft small">{detailText(line.detail)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {next && (
        <button type="button" class="button" disabled={loading} onClick={() => void load(next)}>
          Show older lines
        </button>
      )}
    </div>
  );
}
