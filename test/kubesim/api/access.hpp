// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"

// Who asks, and whether he may: bearer tokens, and RBAC from the objects in the store.

namespace ha::kubesim {

struct principal {
    std::string name;
    std::vector<std::string> groups;
    bool is_master() const;
};

// The tokens that the server knows. An expired one is as unknown as a wrong one.
class token_table {
public:
    void add(const std::string& token,
             principal who,
             std::optional<instant> expires = std::nullopt);
    // Ends every token of the user; how many there were.
    std::size_t revoke(const std::string& user);
    // The principal of an Authorization header; anonymous when there is none; 401 otherwise.
    answer<principal> identify(std::string_view header, instant now) const;

private:
    struct entry {
        principal who;
        std::optional<instant> expires;
    };
    std::map<std::string, entry, std::less<>> tokens_;
};

// 403 in the real server's words, or true.
answer<bool> authorize(const cluster& all, const principal& who, const target& what);
bool allowed(const cluster& all, const principal& who, const target& what, const std::string& verb);

}  // namespace ha::kubesim
