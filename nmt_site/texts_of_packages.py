"""Texts of installed packages that have no Swedish, or one that does not suit: our catalogue wins over theirs.

Nothing imports this module but its test. It exists so that `make messages` keeps these texts in the catalogue.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

COUNTRIES: Final = (  # as django-countries names them: agencies/reference/country_names_extra.csv says what is right
    _("Albania"),
    _("American Samoa"),
    _("Australia"),
    _("Brazil"),
    _("Bouvet Island"),
    _("Canada"),
    _("Cocos (Keeling) Islands"),
    _("Democratic Republic of the Congo"),
    _("Republic of the Congo"),
    _("Cuba"),
    _("Cabo Verde"),
    _("Egypt"),
    _("Falkland Islands"),
    _("Micronesia"),
    _("Georgia"),
    _("Hong Kong"),
    _("Heard Island and McDonald Islands"),
    _("Indonesia"),
    _("India"),
    _("Jordan"),
    _("Cambodia"),
    _("Lebanon"),
    _("North Macedonia"),
    _("Norfolk Island"),
    _("Philippines"),
    _("Pitcairn"),
    _("Palestine"),
    _("South Sudan"),
    _("Eswatini"),
    _("Chad"),
    _("United States"),
    _("Vatican City"),
    _("British Virgin Islands"),
    _("United States Virgin Islands"),
    _("Wallis and Futuna"),
)

IMPORT_EXPORT: Final = (
    _("Import"),
    _("Export"),
    _("%s through import_export"),
    _("Import finished: {} new, {} updated, {} deleted and {} skipped {}."),
    _("%(exc_name)s encountered while trying to read file. Ensure you have chosen the correct format for the file."),
    _("No valid data to import. Ensure your file has the correct headers or data for import."),
    _("Export selected %(verbose_name_plural)s"),
    _("export failed due to IllegalCharacterError"),
    _("Resource"),
    _("Format"),
    _("File to import"),
    _('Select at least 1 field for "%(resource_name)s" to export'),
    _("The following fields are declared in 'import_id_fields' but are not present in the resource fields: %s"),
    _("The following fields are declared in 'import_id_fields' but are not present in the file headers: %s"),
    _("call to force_str() on instance failed: %s"),
    _("This exporter will export the following fields: "),
    _("This importer will import the following fields: "),
    _("Select all"),
    _("Submit"),
    _("Below is a preview of data to be imported. If you are satisfied with the results, click 'Confirm import'"),
    _("Confirm import"),
    _("Errors"),
    _("Line number"),
    _("Some rows failed to validate"),
    _("Please correct these errors in your data where possible, then reupload it using the form above."),
    _("Row"),
    _("Non field specific"),
    _("Preview"),
    _("New"),
    _("Skipped"),
    _("Delete"),
    _("Update"),
    _("Value could not be parsed."),
)

SIMPLE_HISTORY: Final = (
    _("This object doesn't have a change history."),
    _("View history: %s"),
    _("Change history: %s"),
    _("You may edit it again below"),
    _("View %s"),
    _("Revert %s"),
    _("Created"),
    _("Changed"),
    _("Deleted"),
    _("Deleted %(type_name)s"),
    _("Object"),
    _("Date/time"),
    _("Comment"),
    _("Changed by"),
    _("Change reason"),
    _("Revert"),
    _("Press the 'Revert' button below to revert to this version of the object."),
    _("Press the 'Change History' button below to edit the history."),
)

ADMIN: Final = (_("Add another %(verbose_name)s"),)
