// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/column_kinds.hpp"

namespace ha::mssqlsim {

bool is_number_kind(column_kind what) {
    switch (what) {
        case column_kind::tinyint:
        case column_kind::smallint:
        case column_kind::integer:
        case column_kind::bigint:
        case column_kind::bit:
        case column_kind::floating:
        case column_kind::money:
        case column_kind::smallmoney:
        case column_kind::numeric: return true;
        default: return false;
    }
}

bool is_text_kind(column_kind what) {
    switch (what) {
        case column_kind::nvarchar:
        case column_kind::nvarchar_max:
        case column_kind::nchar:
        case column_kind::varchar:
        case column_kind::varchar_max:
        case column_kind::character: return true;
        default: return false;
    }
}

}  // namespace ha::mssqlsim
