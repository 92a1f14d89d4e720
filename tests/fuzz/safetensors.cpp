// SPDX-License-Identifier: Apache-2.0
// Any bytes as a saved value: what can be read can be written, and read again.
#include "bytes.hpp"
#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/metrics.hpp"
#include "morgana/traces.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  const auto& file = fuzz::file_of(fuzz::text_of(data, size));
  try {
    const auto archive = Archive::read(file);
    std::size_t bytes = 0;
    for (const auto& [name, array] : archive.arrays) {
      const auto* elements = static_cast<const std::uint8_t*>(array.data());
      for (std::size_t i = 0; i < array.bytes(); ++i) bytes += elements[i];
    }
    const auto traces = Traces::load(file);
    for (std::size_t row = 0; row < traces->size(); ++row) bytes += (*traces)[row].packets();
    if (bytes == 1) return 1;
  } catch (const Error&) {
  }
  try {
    Metrics::type().load(file);
  } catch (const Error&) {
  }
  return 0;
}
