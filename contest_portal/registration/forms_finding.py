"""What somebody fills in to keep the filters of a list."""

from wtforms import BooleanField, HiddenField, StringField

from contest_portal.core.forms import PortalForm, length, required
from contest_portal.core.i18n import lazy
from contest_portal.registration import saved_views


class ViewForm(PortalForm):
    """Name the filters of a list."""

    name = StringField(
        lazy("Tên bộ lọc"),
        description=lazy("Ví dụ: Bảng B chưa duyệt."),
        validators=[required(lazy("Hãy đặt tên cho bộ lọc.")), length(saved_views.LONGEST_NAME)],
    )
    opening = BooleanField(lazy("Mở danh sách hồ sơ là dùng bộ lọc này"))
    query = HiddenField()
