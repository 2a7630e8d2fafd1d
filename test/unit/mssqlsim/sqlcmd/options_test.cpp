// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/options.hpp"

#include "test/support/catch.hpp"

using namespace ha::sqlcmd;

namespace {

using words = std::vector<std::string>;

ha::result<options> read(words given, const std::map<std::string, std::string>& environment = {}) {
    return read_options(given, [&](const char* name) {
        auto found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
    });
}

std::string refusal(words given) {
    auto made = read(std::move(given));
    REQUIRE_FALSE(made);
    return made.error().message;
}

}  // namespace

TEST_CASE("sqlcmd: options with their values in one word or in two") {
    auto made = read({"-S", "tcp:db-0,1434", "-Usa", "-P", "a -b", "-C", "-No", "-dshop"});
    REQUIRE(made);
    CHECK(made->host == "db-0");
    CHECK(made->port == 1434);
    CHECK(made->user == "sa");
    CHECK(made->password == "a -b");
    CHECK(made->trust_certificate);
    CHECK(made->encrypt == encryption::optional);
    CHECK(made->database == "shop");

    made = read({"-Usa",
                 "-h",
                 "-1",
                 "-W",
                 "-s|",
                 "-w",
                 "200",
                 "-b",
                 "-l5",
                 "-t",
                 "7",
                 "-K",
                 "ReadOnly",
                 "-i",
                 "a.sql,b.sql",
                 "c.sql",
                 "-v",
                 "x=1",
                 "y=2=3"});
    REQUIRE(made);
    CHECK(made->headers == -1);
    CHECK(made->trim);
    CHECK(made->separator == '|');
    CHECK(made->line_width == 200);
    CHECK(made->stops_at_error);
    CHECK(made->login_limit == std::chrono::seconds{5});
    CHECK(made->query_limit == std::chrono::seconds{7});
    CHECK(made->read_only);
    CHECK(made->inputs == words{"a.sql", "b.sql", "c.sql"});
    CHECK(made->variables == std::map<std::string, std::string>{{"x", "1"}, {"y", "2=3"}});
}

TEST_CASE(
    "sqlcmd: what is not given comes from the environment, or is what the documentation has") {
    auto made =
        read({"-P", "other"},
             {{"SQLCMDUSER", "someone"}, {"SQLCMDPASSWORD", "secret"}, {"SQLCMDSERVER", "far"}});
    REQUIRE(made);
    CHECK(made->user == "someone");
    CHECK(made->password == "other");
    CHECK(made->host == "far");
    CHECK(made->port == 1433);
    CHECK(made->encrypt == encryption::mandatory);
    CHECK(made->login_limit == std::chrono::seconds{8});
    CHECK(made->line_width == 80);
}

TEST_CASE("sqlcmd: what it cannot do is refused by name") {
    CHECK(refusal({"-Usa", "-Z"}) == "Sqlcmd: '-Z': Unknown Option. Enter '-?' for help.");
    CHECK(refusal({"-Usa", "-Q"}) == "Sqlcmd: '-Q': Missing argument. Enter '-?' for help.");
    CHECK(refusal({"select"}) == "Sqlcmd: 'select': Unexpected argument. Enter '-?' for help.");
    CHECK(refusal({"-Usa", "-Sdb,port"}).find("from 1 to 65535") != std::string::npos);
    CHECK(refusal({"-Usa", "-Sdb\\named"}).find("named instance") != std::string::npos);
    CHECK(refusal({"-Usa", "-l", "soon"}).find("No number") != std::string::npos);
    CHECK(refusal({"-Usa", "-K", "Sometimes"}).find("ReadOnly") != std::string::npos);
    CHECK(refusal({"-Q", "select 1"}).find("no Windows login") != std::string::npos);
    CHECK(refusal({"-Usa", "-Q", "a", "-i", "b"}).find("Not together") != std::string::npos);
}
