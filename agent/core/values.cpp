// SPDX-License-Identifier: MIT
#include "agent/core/values.hpp"

#include <algorithm>

namespace ha::agent {

log_position::log_position(std::string digits) {
    bool numeric = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
        return c >= '0' && c <= '9';
    });
    if (!numeric) return;
    auto first = digits.find_first_not_of('0');
    digits_ = first == std::string::npos ? "0" : digits.substr(first);
}

std::strong_ordering log_position::operator<=>(const log_position& other) const {
    if (auto by_length = digits_.size() <=> other.digits_.size(); by_length != 0) return by_length;
    return digits_.compare(other.digits_) <=> 0;
}

const replica_spec* group_spec::find(const std::string& replica) const {
    auto found = std::find_if(replicas.begin(), replicas.end(), [&](const replica_spec& one) {
        return one.name == replica;
    });
    return found == replicas.end() ? nullptr : &*found;
}

voter_count count_voters(const group_spec& spec) {
    voter_count found;
    for (const auto& one : spec.replicas) {
        found.data += one.mode == availability_mode::synchronous ? 1 : 0;
        found.witness = found.witness || one.mode == availability_mode::configuration_only;
    }
    return found;
}

int wanted_required(const group_spec& spec) {
    if (spec.required) return *spec.required;
    auto voting = count_voters(spec);
    return voting.witness ? 0 : voting.data / 2;
}

}  // namespace ha::agent
