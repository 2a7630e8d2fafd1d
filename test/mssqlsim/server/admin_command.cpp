// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin_command.hpp"

#include <charconv>

namespace ha::mssqlsim {

tl::unexpected<error> misuse(const std::string& why) {
    return failure(errc::malformed, why);
}

std::optional<int> number(const std::string& text) {
    int out = 0;
    auto end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, out);
    if (parsed.ec != std::errc{} || parsed.ptr != end || out < 0) return {};
    return out;
}

admin_answer set_switch(const std::string& text, const std::function<void(bool)>& set) {
    if (text != "on" && text != "off") return misuse("say on or off");
    set(text == "on");
    return std::string{};
}

admin_answer set_delay(const std::string& text, const std::function<void(duration)>& set) {
    auto count = number(text);
    if (!count) return misuse("say a number of milliseconds");
    set(std::chrono::milliseconds{*count});
    return std::string{};
}

admin_action switch_of(const std::string& name,
                       const std::string& effect,
                       std::function<void(admin_powers&, bool)> set) {
    auto run = [set = std::move(set)](admin_powers& powers, const admin_words& said) {
        return set_switch(said[1], [&](bool on) { set(powers, on); });
    };
    return {name + " on|off", effect, 1, std::move(run)};
}

admin_action fault_switch(const std::string& name,
                          const std::string& effect,
                          bool instance_faults::* which) {
    return switch_of(name, effect, [which](admin_powers& powers, bool on) {
        powers.on.model().faults().*which = on;
    });
}

admin_action fault_delay(const std::string& name,
                         const std::string& effect,
                         duration instance_faults::* which) {
    auto run = [which](admin_powers& powers, const admin_words& said) {
        return set_delay(said[1], [&](duration time) { powers.on.model().faults().*which = time; });
    };
    return {name + " MILLISECONDS", effect, 1, std::move(run)};
}

}  // namespace ha::mssqlsim
