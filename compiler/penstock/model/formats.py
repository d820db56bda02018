"""The formats of texts that JSON Schema (draft 2020-12) names, and a small grammar of those that generated code checks.

Each is a regular expression for the whole text, in words that JavaScript and Python share; ``<name>`` stands for another one. They
take what the RFCs behind them do, and a little more: a leap second at any minute of a time with an offset, a duration without its middle
(``PT1H2S``), as ISO 8601 has it, and any host name of letters, digits and hyphens, as what an international one stands for is not
worked out.
"""

import functools
import re
from collections.abc import Callable, Mapping

CHECKED = frozenset({"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid"})
UNCHECKED = frozenset(
    {
        "idn-email",
        "idn-hostname",
        "iri",
        "iri-reference",
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "uri-reference",
        "uri-template",
    }
)
"""Formats of JSON Schema that say something to readers and tools, and nothing to generated code."""

GRAMMAR: Mapping[str, str] = {
    # RFC 3339, section 5.6
    "date": "<day>|<february-29>",
    "day": "[0-9]{4}-(?:<month-31>-<to-31>|<month-30>-<to-30>|02-<to-28>)",
    "month-31": "0[13578]|1[02]",
    "month-30": "0[469]|11",
    "to-31": "0[1-9]|[12][0-9]|3[01]",
    "to-30": "0[1-9]|[12][0-9]|30",
    "to-28": "0[1-9]|1[0-9]|2[0-8]",
    "february-29": "(?:[0-9]{2}<leap>|<leap-century>00)-02-29",
    "leap": "0[48]|[2468][048]|[13579][26]",
    "leap-century": "[02468][048]|[13579][26]",
    "time": "<clock>(?:[Zz]|<offset>)|23:59:60<fraction>?[Zz]|<minute>:60<fraction>?<offset>",
    "clock": "<minute>:[0-5][0-9]<fraction>?",
    "minute": "(?:[01][0-9]|2[0-3]):[0-5][0-9]",
    "fraction": "[.][0-9]+",
    "offset": "[+-]<minute>",
    "date-time": "<date>[Tt]<time>",
    # RFC 3339, appendix A
    "duration": "P(?:<weeks>|<years>(?:T<hours>)?|T<hours>)",
    "weeks": "[0-9]+W",
    "years": "[0-9]+Y(?:<months>)?|<months>",
    "months": "[0-9]+M(?:<days>)?|<days>",
    "days": "[0-9]+D",
    "hours": "[0-9]+H(?:<minutes>)?|<minutes>",
    "minutes": "[0-9]+M(?:<seconds>)?|<seconds>",
    "seconds": "[0-9]+S",
    # RFC 9562
    "uuid": "<hex>{8}-<hex>{4}-<hex>{4}-<hex>{4}-<hex>{12}",
    "hex": "[0-9A-Fa-f]",
    # RFC 1123, section 2.1, and RFC 5321, section 4.1.2
    "hostname": "(?![^@]{254})<label>(?:[.]<label>)*",
    "label": "[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?",
    "email": r"(?:<local>|<quoted>)@(?:<hostname>|\[(?:<ipv4>|[Ii][Pp][Vv]6:<ipv6>)\])",
    "local": "(?![^@]{65})<word>(?:[.]<word>)*",
    "word": "[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+",
    "quoted": r'"(?:[ !#-\[\]-~]|\\[ -~])*"',
    # RFC 2673, section 3.2, and RFC 4291, section 2.2
    "ipv4": "<octet>(?:[.]<octet>){3}",
    "octet": "25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]",
    "ipv6": "(?:<group>:){7}<group>|(?:<group>:){6}<ipv4>|<shortened>|<shortened-ipv4>",
    "group": "[0-9A-Fa-f]{1,4}",
    "groups": "<group>(?::<group>)*",
    "shortened": "(?!<many>{8})<groups>?::<groups>?",
    "shortened-ipv4": "(?!<many>{7})<groups>?::(?:<group>:)*<ipv4>",
    "many": ":*<group>(?![0-9A-Fa-f])",
    # RFC 3986, appendix A
    "uri": "[A-Za-z][0-9A-Za-z+.-]*:<rest>(?:[?]<query>)?(?:#<query>)?",
    "rest": "//<authority>(?:/<segment>)*|/?(?:<pchar>+(?:/<segment>)*)?",
    "authority": "(?:(?:<name>|:)*@)?(?:<literal>|<name>*)(?::[0-9]*)?",
    "literal": r"\[(?:<ipv6>|[Vv]<hex>+[.](?:<plain>|:)+)\]",
    "plain": "[0-9A-Za-z._~!$&'()*+,;=-]",
    "name": "<plain>|%<hex>{2}",
    "pchar": "<plain>|%<hex>{2}|[:@]",
    "segment": "<pchar>*",
    "query": "(?:<pchar>|[/?])*",
}
"""What the names of formats stand for, and what they are put together of."""


@functools.cache
def expression(name: str) -> str:
    """The regular expression of a format or of a part of one, with the names in it written out."""
    return re.sub("<([a-z0-9-]+)>", lambda found: f"(?:{expression(found[1])})", GRAMMAR[name])


def validators() -> dict[str, Callable[[str], bool]]:
    """For a validator, what generated code takes for each format."""
    checked = {name: functools.partial(_has, name) for name in CHECKED}
    return {**dict.fromkeys(UNCHECKED, _anything), **checked}


def _has(name: str, text: str) -> bool:
    return re.fullmatch(expression(name), text) is not None


def _anything(_: str) -> bool:
    return True
