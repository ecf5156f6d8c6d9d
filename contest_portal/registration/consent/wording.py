"""The words people agree to: the built-in first version of each purpose; organisers write the later ones."""

from typing import Final

from contest_portal.registration.consent.purposes import Purpose

# Vietnamese and English. Plain sentences: what, by whom, where, for how long, and that no is an answer too.
BUILT_IN: Final[dict[Purpose, tuple[str, str]]] = {
    Purpose.TAKE_PART: (
        "Ban Tổ chức được lưu họ tên, ngày sinh, lớp, trường và hồ sơ dự thi để xét điều kiện, tổ chức thi, chấm và xét "
        "giải. Chỉ nhà trường, đơn vị sơ khảo và Ban Tổ chức xem được những thông tin này. Dữ liệu được xóa hoặc ẩn danh "
        "khi không còn cần cho cuộc thi, trừ danh sách đạt giải. Không đồng ý hoặc rút lại đồng ý thì không thể dự thi.",
        "The organisers may keep the name, date of birth, class, school and entry in order to check eligibility, run the "
        "contest, judge it and decide on prizes. Only the school, the screening unit and the organisers can see them. The "
        "data are deleted or made anonymous when the contest no longer needs them, except for the list of winners. "
        "Without this consent, or once it is withdrawn, taking part is not possible.",
    ),
    Purpose.PUBLISH: (
        "Họ tên và kết quả được công bố trong danh sách dự thi, danh sách đạt giải trên cổng này và trong thông tin báo "
        "chí của Ban Tổ chức. Ngày sinh, địa chỉ, điện thoại không bao giờ được công bố. Không đồng ý thì vẫn dự thi và "
        "vẫn được xét giải; khi đó tên được thay bằng “Không công bố tên”.",
        "The name and the result are published in the lists of entries and of winners on this portal and in the "
        "organisers' press releases. Date of birth, address and telephone are never published. Without this consent one "
        "still takes part and can still win; the name is then replaced by “Name not published”.",
    ),
    Purpose.MEDIA: (
        "Ban Tổ chức được chụp ảnh, quay phim người dự thi trong cuộc thi và đăng trên trang tin, ấn phẩm của Ban Tổ "
        "chức. Không đồng ý thì vẫn dự thi bình thường; người chụp ảnh được giao danh sách những người không đồng ý.",
        "The organisers may photograph and film the participant during the contest and show the pictures on their "
        "website and in their publications. Without this consent one takes part all the same; photographers are given a "
        "list of those who do not agree.",
    ),
    Purpose.ETHNIC_GROUP: (
        "Thành phần dân tộc là dữ liệu cá nhân nhạy cảm. Thông tin này chỉ dùng để thống kê, chỉ nhà trường và Ban Tổ "
        "chức xem được, mỗi lần xem đều được ghi lại, và không có trong danh sách hay tệp xuất nào. Không khai thì không "
        "ảnh hưởng gì đến việc dự thi. Rút lại đồng ý thì thông tin bị xóa ngay.",
        "The ethnic group is sensitive personal data. It is used for statistics only, only the school and the organisers "
        "can see it, every look at it is recorded, and it is in no list and no export. Not telling it has no effect on "
        "taking part. When consent is withdrawn it is deleted at once.",
    ),
}
