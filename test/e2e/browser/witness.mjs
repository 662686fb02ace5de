// A page's own record of what its tracker sends and is told. witness runs in each page before anything else does, and
// tells: every frame that is handed to the network, by websocket, by POST or by beacon, with the connection it goes by;
// every ack; every click of the visitor. What is sent in a page's last moment, and what was acknowledged until then, is
// told by a beacon too, to the page's own server at /record: nothing else outlives the page.
export function witness() {
  const say = (what) => window.hindsightWitness(JSON.stringify(what));
  const name = () => Math.random().toString(36).slice(2);
  const text = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  const bytesOf = (data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

  // The highest ack of each connection. A page that another one has taken the place of may still hear one.
  const acks = new Map();
  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      this.connection = name();
      this.addEventListener('message', ({ data }) => {
        const { ack, refuse } = JSON.parse(data);
        if (ack) acks.set(this.connection, ack);
        if (ack || refuse) say({ kind: ack ? 'ack' : 'refuse', connection: this.connection, n: ack, reason: refuse?.reason });
      });
      this.addEventListener('close', ({ code }) => say({ kind: 'closed', code }));
    }

    send(data) {
      if (typeof data !== 'string') say({ kind: 'sent', via: 'ws', connection: this.connection, bodies: [text(bytesOf(data))] });
      super.send(data);
    }
  };

  // What a Blob is made of cannot be asked of it at once.
  const parts = new WeakMap();
  window.Blob = class extends Blob {
    constructor(given = [], ...more) {
      super(given, ...more);
      if (given.every((part) => ArrayBuffer.isView(part))) parts.set(this, given.map((part) => text(bytesOf(part))));
    }
  };
  const beacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (address, body) => {
    const taken = beacon(address, body);
    const told = { kind: 'sent', via: 'beacon', connection: name(), bodies: parts.get(body) };
    if (taken && !beacon('/record', JSON.stringify([told]))) say({ kind: 'refuse', reason: 'no room to tell of a beacon' });
    return taken;
  };
  addEventListener('pagehide', () => acks.size && beacon('/record', JSON.stringify([...acks].map(([connection, n]) => ({ kind: 'ack', connection, n })))));
  const ask = window.fetch.bind(window);
  window.fetch = async (address, options) => {
    const bodies = parts.get(options?.body);
    const connection = name();
    if (bodies) say({ kind: 'sent', via: 'post', connection, bodies });
    const answer = await ask(address, options);
    if (bodies && answer.status === 204) say({ kind: 'ack', connection, n: bodies.length });
    if (bodies && answer.status === 200) say({ kind: 'refuse', connection, reason: await answer.clone().text() });
    return answer;
  };

  addEventListener('click', ({ isTrusted }) => { if (isTrusted) say({ kind: 'click', path: location.pathname }); }, true);
  addEventListener('load', () => say({ kind: 'page', path: location.pathname }));
}
