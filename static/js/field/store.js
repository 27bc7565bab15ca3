/* What this telephone keeps of the work on the spot: for each person a store of its own.

   Everything is written down as it is typed and stays until the server has answered. `entries` are
   what was written, `visits` how the server last told a visit, `misc` the rest. */
"use strict";

const Field = {};

(() => {
  const WHO = "congvu:user";

  // A page serves one person from its beginning to its end, whoever signs in meanwhile.
  const user = localStorage.getItem(WHO);
  /** The person who last signed in on this telephone; null after signing out. */
  Field.user = () => user;
  Field.setUser = (other) => localStorage.setItem(WHO, String(other));
  addEventListener("storage", (event) => {
    if (event.key === WHO && event.newValue !== user) location.reload();
  });

  let opened = null;
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open(`congvu-field-${user}`, 1);
      asked.onupgradeneeded = () => {
        const base = asked.result;
        base.createObjectStore("entries", { keyPath: "key" }).createIndex("visit", "visit");
        base.createObjectStore("visits", { keyPath: "pk" });
        base.createObjectStore("misc", { keyPath: "key" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  };

  const run = async (store, mode, work) => {
    const base = await open();
    return new Promise((resolve, reject) => {
      // Not said to be kept before it is on the disk.
      const transaction = base.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  };

  Field.get = (store, key) => run(store, "readonly", (s) => s.get(key));
  Field.put = (store, value) => run(store, "readwrite", (s) => s.put(value));
  Field.drop = (store, key) => run(store, "readwrite", (s) => s.delete(key));
  const all = (store) => run(store, "readonly", (s) => s.getAll());

  const inOrder = (entries) => entries.sort((one, other) => one.order - other.order);
  /** What was written on one visit and is not saved yet, in the order of writing. */
  Field.entriesOf = async (visit) =>
    inOrder(await run("entries", "readonly", (s) => s.index("visit").getAll(visit)));
  /** All that waits to be sent, in the order of writing. */
  Field.waiting = async () =>
    inOrder(await all("entries")).filter((e) => e.state === "waiting" || e.state === "sending");
  /** All that the server does not have, or did not take. */
  Field.unsent = async () => inOrder(await all("entries"));

  // --- telling the page ------------------------------------------------------------------------

  const channel = "BroadcastChannel" in window ? new BroadcastChannel("congvu-field") : null;
  const told = new Set();
  Field.onChange = (work) => told.add(work);
  const tellHere = () => told.forEach((work) => work());
  Field.changed = () => {
    tellHere();
    channel?.postMessage({ user: Field.user() });
  };
  channel?.addEventListener("message", (event) => {
    if (event.data.user === Field.user()) tellHere();
  });

  // --- writing down ----------------------------------------------------------------------------

  const slotOf = (kind, ref) => `${kind}:${ref}`;

  /** Write down one thing. What is written again before it was sent takes the place of the former;
      what was sent, or may have been, is followed by another that says what it builds on. */
  Field.write = async (visit, kind, ref, value, more = {}) => {
    const slot = slotOf(kind, ref);
    const mine = (await Field.entriesOf(visit)).filter((e) => e.slot === slot);
    const last = mine.at(-1);
    const known = await Field.get("visits", visit);
    const before = (await Field.unsent()).at(-1)?.order ?? 0;
    const written = {
      key: crypto.randomUUID(),
      order: Math.max(Date.now(), before + 1), // also where the clock was set back
      visit, kind, ref, slot, value,
      base: known?.slots[slot] ?? null,
      written_at: new Date().toISOString(),
      state: "waiting", reason: "", tried: false,
      ...more,
    };
    if (last && last.state === "waiting" && !last.tried) {
      Object.assign(written, { key: last.key, order: last.order, base: last.base });
    } else if (last && (last.state === "waiting" || last.state === "sending")) {
      written.base = last.value;
    }
    await Field.put("entries", written);
    // What was refused is answered by what is written now.
    for (const entry of mine) {
      if (entry.state === "refused") await Field.drop("entries", entry.key);
    }
    Field.changed();
    Field.flush?.();
    return written;
  };

  /** Forget what was written: before it was sent, or after it was refused. */
  Field.forget = async (key) => {
    await Field.drop("entries", key);
    Field.changed();
  };

  /** What stands in each slot for whoever looks at this telephone, unsent things included. */
  Field.slots = async (visit) => {
    const known = await Field.get("visits", visit);
    const found = new Map();
    for (const [slot, value] of Object.entries(known?.slots ?? {})) {
      const place = slot.indexOf(":");
      found.set(slot, { kind: slot.slice(0, place), ref: slot.slice(place + 1), slot, value, state: "saved" });
    }
    for (const entry of await Field.entriesOf(visit)) {
      // What is to be taken away still says what it was.
      found.set(entry.slot, { ...found.get(entry.slot), was: found.get(entry.slot)?.value, ...entry });
    }
    return [...found.values()].filter((each) => each.value !== null || each.state !== "saved");
  };

  // --- forms as they are typed -------------------------------------------------------------------

  Field.keepDraft = (visit, form, values) => Field.put("misc", { key: `draft:${visit}:${form}`, values });
  Field.draft = async (visit, form) => (await Field.get("misc", `draft:${visit}:${form}`))?.values ?? null;
  Field.dropDraft = (visit, form) => Field.drop("misc", `draft:${visit}:${form}`);

  // Ask the browser not to clear this away when space is short.
  navigator.storage?.persist?.();
})();
