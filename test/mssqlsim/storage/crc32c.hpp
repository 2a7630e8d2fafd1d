// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace ha::mssqlsim {

// CRC-32C (Castagnoli), the checksum of iSCSI and ext4.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace ha::mssqlsim
