// SPDX-License-Identifier: Apache-2.0
// Any bytes as a capture file: no crash, and the same biflows whatever the window.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "biflow.hpp"
#include "biflow_stream.hpp"
#include "bytes.hpp"
#include "json_cursor.hpp"
#include "morgana/error.hpp"

namespace {

using namespace morgana;

/// Everything that a reader is told of a file, as text.
std::string account(std::string_view file, std::size_t window) {
  std::string text;
  mirage::Wanted wanted;
  // Each file is read for all there is, or for what the released files of 2019 have.
  wanted.lists.fill(!file.empty() && file.back() != ' ');
  for (const auto list : {mirage::kDirection, mirage::kPayload, mirage::kInterArrival, mirage::kWindow})
    wanted.lists[list] = true;
  wanted.packets = 4;
  wanted.payload_bytes = 3;
  wanted.start = wanted.activity = wanted.features = true;
  fuzz::Bytes source(file);
  try {
    mirage::BiflowStream stream(source, "file", window);
    mirage::Biflow biflow;
    while (stream.next()) {
      try {
        mirage::read_biflow(stream, wanted, biflow);
        text += fmt::format("{} {} {} {} {} {};", stream.key(), biflow.label, biflow.sublabel, biflow.activity,
                            biflow.device, biflow.start);
        text += fmt::format("{} {} {} {};", fmt::join(biflow.payload, " "), fmt::join(biflow.payload_ends, " "),
                            fmt::join(biflow.metadata, " "), fmt::join(biflow.features, " "));
        for (const auto& list : biflow.lists)
          for (const double value : list) text += fmt::format("{} ", value);
      } catch (const mirage::Damage& damage) {
        text += fmt::format("{} damaged {} {};", stream.key(), damage.field, damage.reason);
      }
    }
  } catch (const Error& error) {
    text += error.what();
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto whole = account(file, size + 1);
  for (const std::size_t window : {1, 7, 64, 300})
    if (account(file, window) != whole) std::abort();
  return 0;
}
