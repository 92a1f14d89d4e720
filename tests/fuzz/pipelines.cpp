// SPDX-License-Identifier: Apache-2.0
// Any bytes as a pipeline file: faults with positions, or a plan. MORGANA_FUZZ_PLUGINS names a folder of plugins whose
// stages are known.
#include <cstdlib>

#include "bytes.hpp"
#include "graph/load_plan.hpp"
#include "morgana/error.hpp"
#include "pipeline/fault.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  static const auto catalog = [] {
    std::vector<host::PluginFolder> folders;
    if (const char* folder = std::getenv("MORGANA_FUZZ_PLUGINS")) folders.push_back({folder, "MORGANA_FUZZ_PLUGINS"});
    return std::make_shared<const host::Catalog>(folders);
  }();
  try {
    host::plan_of_text(std::string(fuzz::text_of(data, size)), "pipeline.json", {}, catalog);
  } catch (const Error&) {
  }
  return 0;
}
