// SPDX-License-Identifier: MIT
#pragma once

#include "test/integration/mssqlsim/sql_client.hpp"

#include <memory>
#include <string>

namespace ha::test {

// A connection without autocommit: the driver begins and ends transactions by TDS's transaction
// manager requests, which no batch makes it do.
class manual_commit {
public:
    manual_commit(const server_process& to,
                  const std::string& driver,
                  protection how = protection::encrypted);
    ~manual_commit();

    bool run(const std::string& text);
    bool end(bool commit);

private:
    struct handles;
    std::unique_ptr<handles> handles_;
};

}  // namespace ha::test
