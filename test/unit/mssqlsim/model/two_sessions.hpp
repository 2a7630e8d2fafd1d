// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <string>

// Two sessions in a database with the table t, which has one row.

namespace ha::mssqlsim {

struct two_sessions {
    cluster_harness all{reading::a, {}, 1};
    session_number first = 0;
    session_number second = 0;

    two_sessions() {
        REQUIRE(all.run(0, "CREATE DATABASE shop").error() == 0);
        first = all.login(0, "shop");
        second = all.login(0, "shop");
        REQUIRE(run(first, "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT t VALUES (1, 1)")
                    .error() == 0);
    }

    reply run(session_number who, const std::string& text) { return all.run_on(0, who, text); }
};

}  // namespace ha::mssqlsim
