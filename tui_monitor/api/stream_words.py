"""How to talk to the stream, for its description."""

from textwrap import indent

from tui_monitor.api.limits import LONGEST_S, SHORTEST_S, Limits

_usual = Limits()

APPLY = """\
def apply(tree, change):
    if "to" in change:
        return change["to"]
    if isinstance(tree, dict):
        gone = change.get("gone", [])
        made = {key: value for key, value in tree.items() if key not in gone}
        made |= change.get("new", {})
    else:
        made = [] if "rows" in change else list(tree)
        for run in change.get("rows", []):
            made += [run["new"]] if "new" in run else tree[run[0] : run[0] + run[1]]
    for key, part in change.get("at", {}).items():
        at = key if isinstance(made, dict) else int(key)
        made[at] = apply(made[at], part)
    return made
"""
"""A change made, in Python; README.md has it too."""

WORDS = f"""\
Messages are JSON texts. Send

    {{"subscribe": "spreads", "id": 1, "query": {{"limit": 20}}, "every_s": 1.0}}

`subscribe` is the last part of a board's path, `query` has that route's parameters, `id` is a
number or a text of yours, `every_s` ({SHORTEST_S:g} to {LONGEST_S:g}) the least time between two
answers. The first answer is `{{"id": 1, "revision": ["9f0c2a11", 1], "data": …}}`, the board whole;
from then on, whenever it has changed, `{{"id": 1, "revision": […], "changes": […]}}`: make one
after the other. A change is one of

* `{{"to": tree}}`: all of it is another one;
* `{{"at": {{key: change}}, "new": {{key: tree}}, "gone": [key]}}`: an object, in part;
* `{{"rows": [[first, count] or {{"new": tree}}, …], "at": {{index: change}}}}`: a list. `rows`
  takes runs of the rows before, in their new order, and rows that are new; without it all stay
  where they are. `at` then changes rows by their new index.

Each part is left out where it is empty. In Python:

{indent(APPLY, "    ")}
After a break send the last revision as `since`: the first
answer then has the `changes` since, or, where these are not kept any more, `data` and in `missed`
how many revisions went by (null: nobody knows). `{{"unsubscribe": 1}}` ends a subscription.

Errors have the `id`, the status as `code`, and the keys of any error. After 4xx and 500 the
subscription has ended; after another it goes on once the trouble is over.

Who reads slowly gets fewer answers, each the newest. Who reads nothing for {_usual.stalled_s:g} s,
answers no ping within {_usual.ping_s:g} s, or has no subscription for {_usual.unsubscribed_s:g} s,
is cut off. A stream has {_usual.subscriptions} subscriptions at most, the endpoint {_usual.streams}
streams."""
