/* How words look on a page: by their own colours and size, and by what lies behind them. To look for contrast takes axe
   four times as long as all its other rules, and of words that look alike it says the same. */
"use strict";

window.looks = {
  own: ["color", "fill", "fontSize", "fontWeight", "textShadow", "visibility"],
  nothing: {
    backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none", opacity: "1", filter: "none", position: "static",
    mixBlendMode: "normal", clipPath: "none",
  },
  around: new Map(),

  /* The elements with words of these kinds, each with its look. */
  of(kinds) {
    const all = [...kindsOnPage].filter(([e, kind]) => kinds.has(kind) && e.isConnected && this.words(e));
    return new Map(all.map(([e]) => [e, this.look(e)]));
  },

  words: (e) =>
    e.matches("input, select, textarea") || [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim()),

  look(e) {
    const style = getComputedStyle(e);
    return [...this.own.map((name) => style[name]), this.behind(e)].join();
  },

  behind(e) {
    if (!e) return "";
    if (!this.around.has(e)) {
      const style = getComputedStyle(e);
      const told = Object.entries(this.nothing).flatMap(([name, none]) => (style[name] === none ? [] : [name, style[name]]));
      this.around.set(e, [this.behind(e.parentElement), ...told].join());
    }
    return this.around.get(e);
  },
};
