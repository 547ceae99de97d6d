"""Slips to print in tests, as the JSON documents that the server sends."""

from typing import Any

from kiosk.printing import Slip

URL = "http://192.168.1.20:8000/t/mF3x9QvT2LkWq8ZrB5nYcA"

ENGLISH: dict[str, Any] = {
    "number": "G-012",
    "url": URL,
    "clinic": "City Health Clinic",
    "department": "General",
    "department_en": "General",
    "issued_at": "22 Nov 2026, 10:42",
    "ahead_text": "3 people ahead of you",
    "wait_text": "about 20–35 minutes",
    "sentence": "Please sit. Your number will be called to a room.",
    "language": "en",
    "copy": 1,
    "copy_text": None,
    "priority_text": None,
}

HINDI: dict[str, Any] = ENGLISH | {
    "clinic": "सिटी हेल्थ क्लिनिक",
    "department": "सामान्य चिकित्सा",
    "issued_at": "22 नवंबर 2026, 10:42",
    "ahead_text": "आपसे पहले 3 लोग हैं",
    "wait_text": "लगभग 20–35 मिनट",
    "sentence": "कृपया बैठिए। आपका नंबर कमरे के लिए पुकारा जाएगा।",
    "language": "hi",
}

LONG_ENGLISH: dict[str, Any] = ENGLISH | {
    "number": "EMERG-012345",
    "url": "https://queue.district-hospital.example/clinics/north/t/mF3x9QvT2LkWq8ZrB5nYcAmF3x9QvT2LkWq8ZrB5nYcA",
    "clinic": "Government District Hospital and Postgraduate Teaching Institute, North Block",
    "department": "Otorhinolaryngology and Head and Neck Surgery",
    "department_en": "Otorhinolaryngology and Head and Neck Surgery",
    "ahead_text": "127 people are ahead of you, some of them with priority",
    "wait_text": "about 3 hours 20 minutes to 5 hours 45 minutes",
    "priority_text": "Priority: elderly, with an attendant (₹0)",
    "sentence": "Please sit in the waiting hall on the first floor. Your number will be called to a room; "
    "if you must leave, tell the desk, and you will be called after the next three when you return.",
}

LONG_HINDI: dict[str, Any] = HINDI | {
    "number": "ENT-1024",
    "clinic": "राजकीय जिला चिकित्सालय एवं स्नातकोत्तर शिक्षण संस्थान, उत्तर खंड",
    "department": "कान, नाक, गला एवं सिर-गर्दन शल्य चिकित्सा विभाग",
    "department_en": "Otorhinolaryngology and Head and Neck Surgery",
    "ahead_text": "आपसे पहले 127 लोग हैं, जिनमें से कुछ को प्राथमिकता है",
    "wait_text": "लगभग 3 घंटे 20 मिनट से 5 घंटे 45 मिनट",
    "priority_text": "प्राथमिकता: वरिष्ठ नागरिक, सहायक के साथ (₹0)",
    "sentence": "कृपया पहली मंज़िल के प्रतीक्षा कक्ष में बैठिए। आपका नंबर कमरे के लिए पुकारा जाएगा; "
    "यदि आपको जाना पड़े तो डेस्क पर बताइए, लौटने पर आपको अगले तीन के बाद बुलाया जाएगा।",
}

ENGLISH_COPY = ENGLISH | {"copy": 2, "copy_text": "COPY 2"}
HINDI_COPY = HINDI | {"copy": 2, "copy_text": "प्रति 2 · COPY 2", "priority_text": "प्राथमिकता: वरिष्ठ नागरिक"}


def a_slip(**changes: Any) -> Slip:
    """An English slip with some fields changed."""
    return Slip.from_json(ENGLISH | changes)


def a_hindi_slip(**changes: Any) -> Slip:
    """A Hindi slip with some fields changed."""
    return Slip.from_json(HINDI | changes)
