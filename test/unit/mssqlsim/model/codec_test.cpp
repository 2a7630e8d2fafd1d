// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/codec.hpp"

#include "test/support/catch.hpp"

using namespace ha::mssqlsim;

TEST_CASE("a record comes back from its bytes as it was") {
    transaction_record record;
    record.database = "shop";
    record.lsn = -7;
    record.fork = "F";
    row_change change;
    change.what = row_change::kind::update;
    change.table = "t";
    change.row_number = std::int64_t{1} << 40;
    change.before = {value{}, value{std::int64_t{-1}}, value{2.5}};
    change.after = {value{std::string{"text"}}, value{binary{0, 255}}};
    change.definition.columns.push_back({"c", {column_kind::datetime2, 8, 25, 7}, false});
    record.changes.push_back(change);
    const auto back = decode_record(encode(log_record{record}));
    REQUIRE(back.has_value());
    REQUIRE(std::get<transaction_record>(*back) == record);
}

TEST_CASE("a message comes back too, and damaged bytes are none") {
    configuration_offer offer;
    offer.configuration.name = "ag1";
    offer.configuration.replicas.emplace_back();
    offer.configuration.replicas.back().endpoint_url = "TCP://ag-0:5022";
    offer.configuration.databases.push_back({"d", "shop", {"id"}});
    offer.promotion = "P";
    const std::string bytes = encode(peer_message{offer});
    REQUIRE(std::get<configuration_offer>(*decode_message(bytes)) == offer);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        REQUIRE_FALSE(decode_message(bytes.substr(0, cut)).has_value());
    REQUIRE_FALSE(decode_message(bytes + "x").has_value());
    REQUIRE_FALSE(decode_message("\x02" + bytes.substr(1)).has_value());
}
