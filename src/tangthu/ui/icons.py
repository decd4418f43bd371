"""Our own line icons: one 16 × 16 grid, one stroke width, drawn for this project.

Each value is the inside of an `<svg>`; colour and stroke come from the style sheet (`.icon`).
"""

# ruff: noqa: E501
ICONS: dict[str, str] = {
    "dot": '<circle cx="8" cy="8" r="2.5"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "close": '<path d="m3.5 3.5 9 9m0-9-9 9"/>',
    "down": '<path d="m4 6 4 4 4-4"/>',
    "up": '<path d="m4 10 4-4 4 4"/>',
    "left": '<path d="m10 3-5 5 5 5"/>',
    "right": '<path d="m6 3 5 5-5 5"/>',
    "check": '<path d="m3 8.5 3.5 3.5L13 4.5"/>',
    "ok": '<circle cx="8" cy="8" r="6"/><path d="m5.2 8.3 2 2 3.6-4.2"/>',
    "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.2v4M8 4.8v.2"/>',
    "warning": '<path d="M8 2 1.8 13.5h12.4z"/><path d="M8 6.5v3.2M8 11.4v.2"/>',
    "error": '<path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z"/><path d="M8 5v3.6M8 10.8v.2"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.8"/>',
    "inbox": '<path d="M2 9.5 4 3h8l2 6.5V13H2z"/><path d="M2 9.5h3.5l1 1.8h3l1-1.8H14"/>',
    "send": '<path d="M14 2 1.8 6.8l4.8 2.6L9.2 14z"/><path d="M14 2 6.6 9.4"/>',
    "draft": '<path d="M3 13.2 3.6 10l7-7 2.4 2.4-7 7z"/><path d="m9.2 4.4 2.4 2.4"/>',
    "dossier": '<path d="M1.8 4h4.4l1.4 1.6h6.6V13H1.8z"/>',
    "archive": '<path d="M2 2.8h12v3.4H2zM3 6.2v7h10v-7"/><path d="M6.3 9h3.4"/>',
    "document": '<path d="M3.5 1.8h6L13 5.3v8.9H3.5z"/><path d="M9.2 1.8v3.8H13M5.8 8.4h4.8M5.8 11h4.8"/>',
    "register": '<path d="M2 2.8h12v10.4H2zM2 6.2h12M2 9.7h12M6 6.2v7"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.5-3 2.6-4.4 5.2-4.4s4.7 1.4 5.2 4.4"/>',
    "people": '<circle cx="6" cy="5.4" r="2.4"/><path d="M1.5 13.4c.4-2.7 2.2-3.9 4.5-3.9s4.1 1.2 4.5 3.9"/>'
    '<path d="M10.6 3.2a2.4 2.4 0 0 1 0 4.4M12 9.8c1.4.5 2.2 1.7 2.5 3.6"/>',
    "body": '<path d="M2 6.2 8 2.4l6 3.8zM3.4 6.2v6M6.5 6.2v6M9.5 6.2v6M12.6 6.2v6M2 13.2h12"/>',
    "chart": '<path d="M2.5 2v11.5H14"/><path d="M5.5 11V8M8.5 11V4.5M11.5 11V6.5"/>',
    "gear": '<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v2.4M8 11.8v2.4M1.8 8h2.4M11.8 8h2.4M3.6 3.6l1.7 1.7'
    'M10.7 10.7l1.7 1.7M12.4 3.6l-1.7 1.7M5.3 10.7l-1.7 1.7"/>',
    "reading": '<path d="M8 4C6.4 2.8 4.4 2.5 2 2.7v9.8c2.4-.2 4.4.1 6 1.3 1.6-1.2 3.6-1.5 6-1.3V2.7C11.6 2.5 9.6 2.8 8 4z'
    'M8 4v9.8"/>',
    "seal": '<path d="M8 1.6 13.4 4v4.2c0 3-2.1 5-5.4 6.3-3.3-1.3-5.4-3.3-5.4-6.3V4z"/><path d="m5.6 8 1.8 1.8 3.2-3.8"/>',
    "key": '<circle cx="5" cy="11" r="3"/><path d="m7.2 8.8 6-6M10.6 5.4l2 2M12.4 3.6l1.4 1.4"/>',
    "lock": '<path d="M3.2 7h9.6v6.8H3.2z"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
    "zoom-in": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5M7 5v4M5 7h4"/>',
    "zoom-out": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5M5 7h4"/>',
    "fit-width": '<path d="M1.8 3v10M14.2 3v10M4.2 8h7.6M6 6 4 8l2 2M10 6l2 2-2 2"/>',
    "fit-page": '<path d="M3.5 2h9v12h-9z"/><path d="M6 6V4.5h1.5M10 6V4.5H8.5M6 10v1.5h1.5M10 10v1.5H8.5"/>',
    "rotate": '<path d="M13 8a5 5 0 1 1-1.6-3.7"/><path d="M12.6 1.8v3h-3"/>',
    "text": '<path d="M3 3.5V2.5h10v1M8 2.5v11M6 13.5h4"/>',
    "download": '<path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11"/>',
    "upload": '<path d="M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2M2.5 13.5h11"/>',
    "print": '<path d="M4.5 5.5V2h7v3.5M4.5 11.5H2v-6h12v6h-2.5"/><path d="M4.5 9.2h7V14h-7z"/>',
    "filter": '<path d="M2 3h12L9.4 8.4v4.8l-2.8-1.4V8.4z"/>',
    "calendar": '<path d="M2.2 3.4h11.6v10.2H2.2zM2.2 6.6h11.6M5.2 1.8v3M10.8 1.8v3"/>',
    "stop": '<path d="M4 4h8v8H4z"/>',
    "plus": '<path d="M8 2.8v10.4M2.8 8h10.4"/>',
    "minus": '<path d="M2.8 8h10.4"/>',
    "more": '<circle cx="3.2" cy="8" r=".8"/><circle cx="8" cy="8" r=".8"/><circle cx="12.8" cy="8" r=".8"/>',
    "external": '<path d="M9.5 2.5h4v4M13.3 2.7 7.5 8.5M11.5 9.5v4h-9v-9h4"/>',
    "keyboard": '<path d="M1.5 4h13v8.5h-13z"/><path d="M4 6.8h.2M6.6 6.8h.2M9.2 6.8h.2M11.8 6.8h.2M5 10h6"/>',
    "home": '<path d="M2 7.4 8 2.4l6 5M3.8 6v7.6h8.4V6M6.6 13.6V9.4h2.8v4.2"/>',
}
