// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/xml.hpp"

#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

struct entity {
    char letter;
    std::string_view mark;
};
constexpr std::array<entity, 5> entities{
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\r', "&#x0D;"}}};

// Quotation marks mean something within attributes alone.
std::string escaped(std::string_view text, bool in_attribute) {
    std::string made;
    for (const char c : text) {
        const auto known = std::find_if(entities.begin(), entities.end(), [&](const auto& one) {
            return one.letter == c && (c != '"' || in_attribute);
        });
        if (known == entities.end())
            made += c;
        else
            made += known->mark;
    }
    return made;
}

// Moments have a T between date and time.
std::string written(const value& what, const column_type& type) {
    std::string text = text_of(what);
    constexpr std::size_t behind_date = 10;
    const bool moment = type.kind == column_kind::datetime || type.kind == column_kind::datetime2;
    if (moment && text.size() > behind_date) text[behind_date] = 'T';
    return text;
}

bool is_text_name(std::string_view name) {
    return name.empty() || name == "*" || same_name(name, "text()") || same_name(name, "node()");
}

class xml_writer {
public:
    xml_writer(const xml_form& how, const column_list& columns) : how_(how), columns_(columns) {}

    std::optional<sql_error> check() const {
        for (const auto& one : columns_) {
            const bool attribute = one.name.starts_with("@");
            if (one.name.find('/') != std::string::npos)
                return lacks_statement("FOR XML PATH with paths", 0);
            const bool bytes = one.type.kind == column_kind::varbinary ||
                               one.type.kind == column_kind::varbinary_max;
            if (bytes) return lacks_statement("FOR XML PATH of bytes", 0);
            if (attribute && how_.row.empty())
                return sql_error{6864,
                                 "Row tag omission (empty row tag name) cannot be used with "
                                 "attribute-centric FOR XML serialization.",
                                 16,
                                 1,
                                 sql_error::reach::statement,
                                 0,
                                 {}};
        }
        return {};
    }

    void add(const row& one) {
        std::string attributes;
        std::string inside;
        for (std::size_t i = 0; i < one.size(); ++i) {
            if (is_null(one[i])) continue;
            const std::string& name = columns_[i].name;
            const std::string text = written(one[i], columns_[i].type);
            const bool raw = columns_[i].type.kind == column_kind::xml;
            const bool listed = same_name(name, "data()");
            if (name.starts_with("@")) {
                attributes += " " + name.substr(1) + "=\"" + escaped(text, true) + "\"";
                continue;
            }
            if (listed && after_data_) inside += ' ';
            after_data_ = listed;
            const std::string content = raw ? text : escaped(text, false);
            inside += listed || is_text_name(name) ? content : element(name, {}, content);
        }
        if (!how_.row.empty()) after_data_ = false;
        made_ += how_.row.empty() ? inside : element(how_.row, attributes, inside);
    }

    std::string whole() const { return how_.root.empty() ? made_ : element(how_.root, {}, made_); }

private:
    static std::string element(const std::string& name,
                               const std::string& attributes,
                               const std::string& content) {
        std::string made = "<" + name + attributes;
        if (content.empty()) return made + "/>";
        return made + ">" + content + "</" + name + ">";
    }

    const xml_form& how_;
    const column_list& columns_;
    std::string made_;
    bool after_data_ = false;  // atoms of a list stand apart
};

}  // namespace

std::optional<sql_error> write_xml(const xml_form& how, row_set& answer) {
    xml_writer writer{how, answer.columns};
    if (auto bad = writer.check()) return bad;
    for (const auto& one : answer.rows) writer.add(one);
    std::vector<row> told;
    if (!answer.rows.empty()) told.push_back(row{value{writer.whole()}});
    const auto kind = how.typed ? column_kind::xml : column_kind::nvarchar_max;
    column only{how.column, {kind, 0, 25, 0}, true};
    if (only.name.empty()) only.name = "XML_F52E2B61-18A1-11d1-B105-00805F49916B";
    std::vector<column> columns{std::move(only)};
    answer.columns = column_list{std::move(columns)};
    answer.rows = std::move(told);
    return {};
}

std::string text_of_xml(std::string_view xml) {
    std::string made;
    while (!xml.empty()) {
        if (xml.front() == '<') {
            const auto close = xml.find('>');
            xml.remove_prefix(close == std::string_view::npos ? xml.size() : close + 1);
            continue;
        }
        const auto known = std::find_if(entities.begin(), entities.end(), [&](const auto& one) {
            return xml.starts_with(one.mark);
        });
        if (known == entities.end()) {
            made += xml.front();
            xml.remove_prefix(1);
        } else {
            made += known->letter;
            xml.remove_prefix(known->mark.size());
        }
    }
    return made;
}

}  // namespace ha::mssqlsim
