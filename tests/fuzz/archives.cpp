// SPDX-License-Identifier: Apache-2.0
// Any bytes as an archive: read within its limits, and nothing is written.
#include "bytes.hpp"
#include "files/visit_files.hpp"
#include "morgana/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  const auto& file = fuzz::file_of(fuzz::text_of(data, size));
  static char buffer[4096];
  try {
    files::BytesRead bytes;
    std::uint64_t total = 0;
    files::visit_files(file, {".json", ".pcap"}, bytes, [&](const std::string&, files::ByteSource& source) {
      while (const auto count = source.read(buffer, sizeof buffer))
        if ((total += count) > std::uint64_t{1} << 24) throw Error("enough");
    });
  } catch (const Error&) {
  }
  return 0;
}
