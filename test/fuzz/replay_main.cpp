// SPDX-License-Identifier: MIT
#include "test/fuzz/target.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// Gives a target all files of the folders and files that are named, once each, without libFuzzer.

namespace {

void replay(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::fprintf(stderr, "%s\n", path.c_str());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int count, char** arguments) {
    int replayed = 0;
    for (int i = 1; i < count; ++i) {
        if (!std::filesystem::is_directory(arguments[i])) {
            replay(arguments[i]);
            ++replayed;
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
            replay(entry.path());
            ++replayed;
        }
    }
    std::printf("%d inputs taken\n", replayed);
    return replayed == 0 ? 1 : 0;  // an empty corpus proves nothing
}
