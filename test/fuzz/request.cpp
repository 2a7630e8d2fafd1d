// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/request.hpp"

#include "test/fuzz/target.hpp"
#include "test/mssqlsim/tds/login.hpp"
#include "test/mssqlsim/tds/prelogin.hpp"
#include "test/mssqlsim/tds/tokens.hpp"

#include <string>

// One message of a client that was joined already; the first byte is its packets' type. What a
// call's parameters bring is written back as an output parameter and as a row: no value may be too
// strange.

using namespace ha::mssqlsim;
using namespace ha::mssqlsim::tds;
using ha::fuzz::must;

namespace {

void write_back(const procedure_call& call) {
    token_writer out("SQL1");
    std::vector<column> columns;
    std::vector<value> values;
    for (const auto& one : call.parameters) {
        out.return_value(0, one.name, one.type, one.what);
        columns.push_back({one.name, one.type});
        values.push_back(one.what);
    }
    if (columns.empty()) return;
    out.columns(columns);
    out.row(columns, values);
    must(out.size() > 0, "tokens are written");
}

void ask(const message& incoming) {
    auto asked = parse_request(incoming);
    if (!asked) return;
    must(parse_request(incoming) == asked, "the same message asks the same");
    const auto* calls = std::get_if<rpc_request>(&asked->what);
    if (calls == nullptr) return;
    must(!calls->calls.empty(), "a call calls something");
    for (const auto& one : calls->calls) write_back(one);
}

void begin(std::string_view body) {
    auto asked = parse_prelogin(body);
    if (asked) must(!prelogin_answer(*asked, encryption::off, {}).empty(), "PRELOGIN is answered");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto body = ha::fuzz::text_of(data + 1, size - 1);
    auto type = message_type{data[0]};
    if (type == message_type::prelogin) {
        begin(body);
    } else if (type == message_type::login) {
        parse_login(body).has_value();
    } else {
        ask({type, false, false, std::string(body)});
    }
    return 0;
}
