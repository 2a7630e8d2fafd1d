// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/server/answer_writer.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

#include <type_traits>

// Answers byte for byte as SQL Server 2025 gave them (mirek/msduck, reference/*.json).

using namespace ha;
using namespace ha::mssqlsim;
using ha::test::to_hex;

namespace {

class one_instance {
public:
    one_instance() {
        instance_options options;
        options.server_name = "S";
        options.sa_password = "Secret-123";
        engine_ = std::make_unique<instance>(options, durable_state{}, make_memory_store(), now_);
        pass();
        login_request who;
        who.user = "sa";
        who.password = options.sa_password;
        session_ = engine_->login(who, now_)->session;
    }

    std::string batch(const std::string& text) { return answer({text, {}, {}}, {}); }

    // sp_prepare, with options if there are any.
    std::string prepare(const std::string& text, const std::vector<value>& options = {}) {
        const column_type number{column_kind::integer, 4, 25, 0};
        const column_type words{column_kind::nvarchar_max, 0, 25, 0};
        std::vector<parameter> all;
        all.push_back({"", number, {}, true, {}});
        all.push_back({"", words, value{std::string{"@p int"}}, false, {}});
        all.push_back({"", words, value{text}, false, {}});
        for (const auto& one : options) all.push_back({"", number, one, false, {}});
        return answer({{}, "sp_prepare", std::move(all)}, {0});
    }

    std::string execute(std::int64_t handle) {
        std::vector<parameter> all;
        all.push_back({"", {column_kind::integer, 4, 25, 0}, value{handle}, false, {}});
        return answer({{}, "sp_execute", std::move(all)}, {});
    }

    std::vector<server_message> said;

private:
    std::string answer(request what, std::vector<std::uint16_t> outputs) {
        said.clear();
        writer_.begin(std::move(outputs), false);
        engine_->submit(session_, std::move(what), now_);
        pass();
        std::string bytes;
        for (const auto& one : writer_.take()) bytes += one.tokens;
        return to_hex(bytes);
    }

    void pass() {
        now_ += std::chrono::seconds{1};
        engine_->advance(now_);
        for (auto outputs = engine_->take_outputs(); !outputs.empty();
             outputs = engine_->take_outputs())
            for (const auto& one : outputs) take(one);
    }

    void take(const output& what) {
        if (const auto* one = std::get_if<append_log>(&what))
            engine_->hardened(one->first + one->records.size() - 1, now_);
        if (const auto* one = std::get_if<said_type>(&what)) said.push_back(one->message);
        if (const auto* one = std::get_if<result_rows>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<statement_done>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<return_status>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<return_value>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<request_done>(&what)) writer_.add(*one);
    }

    using said_type = ha::mssqlsim::said;

    instant now_{};
    std::unique_ptr<instance> engine_;
    session_number session_ = 0;
    answer_writer writer_{"S"};
};

const std::string counts =
    "810200"
    "00000000"
    "0100"
    "2604"
    "016300"
    "00000000"
    "0100"
    "2608"
    "016400";
const std::string end_of_call = "fe0000e0000000000000000000";

std::string handle(const std::string& number) {
    return "ac000000"
           "01"
           "00000000"
           "0000"
           "2604" +
           number;
}

}  // namespace

TEST_CASE("sp_prepare tells the columns of its SELECT, as if it had met no row") {
    one_instance sql;
    const std::string text = "SELECT COUNT(@p) AS c, COUNT_BIG(@p) AS d FROM sys.databases";
    const std::string told = counts +
                             "ff1100c1000000000000000000"
                             "7900000000";
    CHECK(sql.prepare(text) == told + handle("0401000000") + end_of_call);
    CHECK(sql.prepare(text, {value{std::int64_t{1}}}) == told + handle("0402000000") + end_of_call);
}

TEST_CASE("sp_prepare takes no options but one") {
    one_instance sql;
    const std::string text = "SELECT COUNT(@p) AS c, COUNT_BIG(@p) AS d FROM sys.databases";
    for (const auto& other : {value{std::int64_t{0}}, value{std::int64_t{2}}, value{}}) {
        CHECK(sql.prepare(text, {other}) ==
              "79d6000000" + handle("00") + "fe0200e0000000000000000000");
        REQUIRE(sql.said.size() == 1);
        CHECK(sql.said[0] ==
              server_message{
                  214, 3, 16, "Procedure expects parameter '@options' of type 'int'.", {}, 1});
    }
}

TEST_CASE("sp_prepare of several SELECTs tells of none, and of a change that it met no row") {
    one_instance sql;
    sql.batch("CREATE TABLE #t (a int)");
    CHECK(sql.prepare("SELECT 1 AS a; SELECT 2 AS b") ==
          "79f61f0000" + handle("0401000000") + end_of_call);
    CHECK(sql.prepare("INSERT INTO #t VALUES (@p)") ==
          "ff1100c3000000000000000000"
          "7900000000" +
              handle("0402000000") + end_of_call);
}

TEST_CASE("what cannot be prepared is told of twice, and has no handle") {
    one_instance sql;
    CHECK(sql.prepare("SELECT a FROM nowhere").find(handle("00")) != std::string::npos);
    REQUIRE(sql.said.size() == 2);
    CHECK(sql.said[0].number == 208);
    CHECK(sql.said[1].number == 8180);
}

TEST_CASE("a handle that there is not is refused without a status") {
    one_instance sql;
    CHECK(sql.execute(1) == "fe0200e0000000000000000000");
    REQUIRE(sql.said.size() == 1);
    CHECK(sql.said[0] ==
          server_message{8179, 1, 16, "Could not find prepared statement with handle 1.", {}, 1});
}

TEST_CASE("a column that is never NULL has a type of one length") {
    one_instance sql;
    CHECK(sql.batch("SELECT 1 AS one") ==
          "810100"
          "00000000"
          "2000"
          "38"
          "036f006e006500"
          "d1"
          "01000000"
          "fd1000c1000100000000000000");
    CHECK(sql.batch("SELECT @@TRANCOUNT AS a, XACT_STATE() AS b") ==
          "810200"
          "00000000"
          "2000"
          "38"
          "016100"
          "00000000"
          "2100"
          "2602"
          "016200"
          "d1"
          "00000000"
          "020000"
          "fd1000c1000100000000000000");
    sql.batch("CREATE TABLE #t (id int NOT NULL, value varchar(1) NULL)");
    CHECK(sql.batch("SELECT id, value FROM #t") ==
          "810200"
          "00000000"
          "0800"
          "38"
          "0269006400"
          "00000000"
          "0900"
          "a701000904d00034"
          "05760061006c0075006500"
          "fd1000c1000000000000000000");
}

TEST_CASE("an exact number has seventeen bytes at most, whatever its precision") {
    one_instance sql;
    const auto told = sql.batch("SELECT CAST(1.25 AS decimal(5,2)) AS d");
    CHECK(told ==
          "810100"
          "00000000"
          "2100"
          "6a110502"
          "016400"
          "d1"
          "05017d000000"
          "fd1000c1000100000000000000");
}
