// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/server/admin.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What the admin port's commands are made of, and the groups that they come in.

namespace ha::mssqlsim {

using admin_words = std::vector<std::string>;  // the command first
using admin_answer = result<std::string>;      // empty: nothing but ok

struct admin_action {
    std::string form;
    std::string effect;
    std::size_t arguments = 0;
    std::function<admin_answer(admin_powers&, const admin_words&)> run;
    bool is_fault = true;  // and so told in the errorlog
};

std::vector<admin_action> faults_of_health();  // what sp_server_diagnostics tells
std::vector<admin_action> faults_of_statements();
std::vector<admin_action> faults_of_disk_and_clock();
std::vector<admin_action> faults_of_links();

// --- for those who write them

tl::unexpected<error> misuse(const std::string& why);
std::optional<int> number(const std::string& text);  // 0 and more
admin_answer set_switch(const std::string& text, const std::function<void(bool)>& set);
admin_answer set_delay(const std::string& text, const std::function<void(duration)>& set);

admin_action switch_of(const std::string& name,
                       const std::string& effect,
                       std::function<void(admin_powers&, bool)> set);
admin_action fault_switch(const std::string& name,
                          const std::string& effect,
                          bool instance_faults::* which);
admin_action fault_delay(const std::string& name,
                         const std::string& effect,
                         duration instance_faults::* which);

}  // namespace ha::mssqlsim
