"""What can be wrong with a file or a value, told in words.

This package knows no Django. A problem carries its English sentence as a template with parameters; whoever shows it
to people translates `problem.template` and fills in `problem.params`.
"""


def _(template: str) -> str:
    """Marks a sentence for the translators; it is translated where it is shown."""
    return template


#: code -> English template (also the message id of the translations).
MESSAGES = {
    "not_a_table": _("This file is no table. Please choose an Excel file (.xlsx, .xls) or a CSV file."),
    "web_page": _("This is a web page under a table's name. Open it in Excel and save it as .xlsx."),
    "other_format": _("This kind of table cannot be read. Open it in Excel or WPS and save it as .xlsx."),
    "damaged": _("The file is damaged or incomplete. Open it in Excel, save it again and choose it once more."),
    "encrypted": _("The file is protected by a password. Remove the password in Excel and choose it again."),
    "too_large": _("The table is too large: at most %(rows)s rows and %(columns)s columns can be read at once."),
    "empty": _("The table is empty."),
    "encoding": _("The characters of this file cannot be read (line %(line)s). Save it as UTF-8 CSV or as .xlsx."),
    "quotes": _("Row %(row)s: the quotation marks do not match."),
    "no_header": _("No row with column names was found. Expected are columns such as: %(wanted)s."),
    "word_empty": _("The file is empty. Save it again in Word and choose it once more."),
    "word_none": _("This file is no Word file. Please choose a Word file (.docx)."),
    "word_old": _("This is a Word file of the old kind (.doc). Open it in Word or WPS and save it as .docx."),
    "word_pdf": _("This is a PDF, whatever its name. Choose the Word file it was made from."),
    "word_rtf": _("This is a rich text file. Open it in Word or WPS and save it as .docx."),
    "word_web_page": _("This is a web page under the name of a Word file. Open it in Word and save it as .docx."),
    "word_other_office": _("This is a table or a presentation, not a text. Please choose a Word file (.docx)."),
    "word_other_text": _("This kind of text file cannot be read. Open it in Word or WPS and save it as .docx."),
    "word_program": _("This is a program, not a Word file. Do not open it; ask whoever sent it to you."),
    "word_encrypted": _("The file is protected by a password. Remove the password in Word and choose it again."),
    "word_macros": _("The file holds macros. Save it in Word as an ordinary document (.docx) without macros."),
    "word_damaged": _("The file is damaged or incomplete. Open it in Word, save it again and choose it once more."),
    "word_bomb": _("The file would unpack to more than can be read. Choose an ordinary Word file (.docx)."),
    "word_entities": _("The file refers to something outside itself and is not opened. Save it anew in Word."),
    "word_too_large": _("The file is too large: at most %(megabytes)s MB can be read."),
    "word_too_long": _("The text is too long: at most %(characters)s characters can be read at once."),
    "word_too_many": _(
        "The file has far more paragraphs, cells or pieces than a text has. Save its text anew in Word."
    ),
    "word_no_text": _("The file holds no text. If it is a scanned page, type the text or have it recognised first."),
    "date_missing": _("The date is missing."),
    "date_form": _("“%(value)s” is no date. Write it like 2024-01-05."),
    "date_year": _("“%(value)s”: the year needs four digits, like 2024-01-05."),
    "date_no_day": _("“%(value)s”: the day is missing. Write it like 2024-01-05."),
    "date_impossible": _("“%(value)s” does not exist in the calendar."),
    "date_range": _("“%(value)s” lies outside the years %(first)s to %(last)s."),
}


class Problem(ValueError):
    """One thing that is wrong: `code`, its English `template`, and the `params` that go into it."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.template = MESSAGES[code]
        self.params = params
        super().__init__(self.template % params if params else self.template)


class TableError(Problem):
    """A file that cannot be read as a table."""


class WordError(Problem):
    """A file that cannot be read as a Word text."""


class DateError(Problem):
    """A value that cannot be read as a date."""
