// SPDX-License-Identifier: MIT
#include "common/k8s/lease_codec.hpp"

#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstdio>

namespace ha::k8s {

namespace {

std::optional<wall_instant> time_at(const json::view& place, std::string_view key) {
    auto text = place.optional_text(key);
    if (!text) return {};
    auto when = parse_time(*text);
    if (!when) place.complain(std::string(key) + ": " + when.error().message);
    if (!when) return {};
    return *when;
}

// Reads text from the left; once something does not fit, nothing fits.
class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    int digits(std::size_t count, int least, int most) {
        auto part = text_.substr(0, count);
        int value = 0;
        auto read = std::from_chars(part.data(), part.data() + part.size(), value);
        bool fits = part.size() == count && read.ptr == part.data() + count &&
                    part.front() != '-' && value >= least && value <= most;
        good_ = good_ && fits;
        text_.remove_prefix(part.size());
        return fits ? value : least;
    }

    bool next_is(std::string_view any_of) {
        if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
        last_ = text_.front();
        text_.remove_prefix(1);
        return true;
    }

    void expect(std::string_view any_of) { good_ = next_is(any_of) && good_; }

    std::chrono::microseconds decimals() {
        std::int64_t value = 0;
        std::int64_t unit = 100'000;
        bool some = false;
        for (; next_is("0123456789"); unit /= 10) {
            value += (last_ - '0') * unit;
            some = true;
        }
        good_ = good_ && some;
        return std::chrono::microseconds{value};
    }

    char last() const { return last_; }
    bool complete() const { return good_ && text_.empty(); }

private:
    std::string_view text_;
    char last_ = 0;
    bool good_ = true;
};

std::chrono::year_month_day read_date(scanner& from) {
    auto year = from.digits(4, 1, 9999);
    from.expect("-");
    auto month = from.digits(2, 1, 12);
    from.expect("-");
    auto day = from.digits(2, 1, 31);
    return std::chrono::year{year} / month / day;
}

std::chrono::seconds read_clock(scanner& from) {
    auto hours = from.digits(2, 0, 23);
    from.expect(":");
    auto minutes = from.digits(2, 0, 59);
    from.expect(":");
    auto seconds = from.digits(2, 0, 60);
    return std::chrono::hours{hours} + std::chrono::minutes{minutes} +
           std::chrono::seconds{seconds};
}

std::chrono::minutes read_offset(scanner& from) {
    if (from.next_is("Zz")) return {};
    from.expect("+-");
    auto sign = from.last() == '-' ? -1 : 1;
    auto hours = from.digits(2, 0, 23);
    from.expect(":");
    auto minutes = from.digits(2, 0, 59);
    return sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
}

}  // namespace

std::string micro_time(wall_instant when) {
    auto exact = std::chrono::floor<std::chrono::microseconds>(when);
    auto day = std::chrono::floor<std::chrono::days>(exact);
    std::chrono::year_month_day date{day};
    std::chrono::hh_mm_ss clock{exact - day};
    std::array<char, 64> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

result<wall_instant> parse_time(std::string_view text) {
    scanner from(text);
    auto date = read_date(from);
    from.expect("Tt");
    auto clock = read_clock(from);
    std::chrono::microseconds fraction{};
    if (from.next_is(".")) fraction = from.decimals();
    auto offset = read_offset(from);
    if (!from.complete() || !date.ok()) {
        return failure(errc::malformed, "'" + std::string(text) + "' is no time of RFC 3339");
    }
    return wall_instant{std::chrono::sys_days{date} + clock + fraction - offset};
}

result<lease> read_lease(const nlohmann::json& object) {
    json::reader reader(object);
    auto metadata = reader.root().object("metadata");
    auto spec = reader.root().optional_object("spec");
    lease seen;
    seen.space = metadata.text_or("namespace", "");
    seen.name = metadata.text("name");
    seen.uid = metadata.text_or("uid", "");
    seen.resource_version = metadata.text_or("resourceVersion", "");
    seen.annotations = metadata.texts("annotations");
    seen.holder = spec.text_or("holderIdentity", "");
    constexpr auto longest = std::numeric_limits<std::int32_t>::max();
    if (auto span = spec.optional_integer("leaseDurationSeconds", 0, longest)) {
        seen.valid_for = std::chrono::seconds{*span};
    }
    seen.acquired = time_at(spec, "acquireTime");
    seen.renewed = time_at(spec, "renewTime");
    seen.transitions = spec.optional_integer("leaseTransitions", 0, longest).value_or(0);
    if (auto wrong = reader.failure("a Lease")) return tl::unexpected(*wrong);
    return seen;
}

nlohmann::json write_lease(const lease& what, nlohmann::json base) {
    if (!base.is_object()) base = nlohmann::json::object();
    base["apiVersion"] = "coordination.k8s.io/v1";
    base["kind"] = "Lease";
    for (auto part : {"metadata", "spec"}) {
        if (!base[part].is_object()) base[part] = nlohmann::json::object();
    }
    auto& metadata = base["metadata"];
    auto set = [](nlohmann::json& in, const char* key, const std::string& text) {
        in.erase(key);
        if (!text.empty()) in[key] = text;
    };
    set(metadata, "namespace", what.space);
    set(metadata, "name", what.name);
    set(metadata, "uid", what.uid);
    set(metadata, "resourceVersion", what.resource_version);
    metadata.erase("annotations");
    if (!what.annotations.empty()) metadata["annotations"] = what.annotations;
    auto& spec = base["spec"];
    set(spec, "holderIdentity", what.holder);
    set(spec, "acquireTime", what.acquired ? micro_time(*what.acquired) : "");
    set(spec, "renewTime", what.renewed ? micro_time(*what.renewed) : "");
    spec.erase("leaseDurationSeconds");
    if (what.valid_for) spec["leaseDurationSeconds"] = what.valid_for->count();
    spec["leaseTransitions"] = what.transitions;
    return base;
}

}  // namespace ha::k8s
