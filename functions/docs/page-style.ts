/** Of the page; readable in light and dark, and on a phone. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --mark: light-dark(#0550ae, #79c0ff); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3, h4 { line-height: 1.2; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h4 { margin: 1rem 0 .25rem; }
a { color: var(--mark); }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: .25rem; }
pre code { overflow-wrap: normal; }
summary { cursor: pointer; padding: .35rem 0; }
details { border-bottom: 1px solid var(--line); }
details.answer { border: 0; margin-left: .5rem; }
.operation { padding: 0 0 1rem 1rem; scroll-margin-top: 3rem; }
.method { display: inline-block; min-width: 4.25rem; color: var(--mark); }
.type, .told { opacity: .85; }
.type { font-size: .9em; font-style: italic; }
.required { font-size: .8em; border: 1px solid var(--line); border-radius: .25rem; padding: 0 .25rem; }
ul.fields { list-style: none; padding-left: .75rem; border-left: 2px solid var(--soft); }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td { border: 1px solid var(--line); padding: .25rem .5rem; vertical-align: top; }
nav ul { columns: 18rem; padding-left: 1rem; }
`;
