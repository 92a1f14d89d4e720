// SPDX-License-Identifier: Apache-2.0
#include "graph/load_plan.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "graph/expansion.hpp"

namespace morgana::host {
namespace {

std::string read_text(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) throw Error("{} is a folder, not a pipeline", file.string());
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  try {
    if (stream.is_open()) return {std::istreambuf_iterator<char>(stream), {}};
  } catch (const std::ios_base::failure&) {  // the buffer throws, whatever the stream's mask says
  }
  throw Error("cannot read {}: {}", file.string(), std::strerror(errno));
}

}  // namespace

Plan load_plan(const std::filesystem::path& file, const std::vector<std::string>& overrides,
               std::shared_ptr<const Catalog> catalog, const CheckNode& check) {
  return plan_of_text(read_text(file), file, overrides, std::move(catalog), check);
}

Plan plan_of_text(std::string text, const std::filesystem::path& file, const std::vector<std::string>& overrides,
                  std::shared_ptr<const Catalog> catalog, const CheckNode& check) {
  Plan plan;
  plan.file = std::filesystem::absolute(file).lexically_normal();
  plan.name = plan.file.stem().string();
  plan.text = std::move(text);
  Faults faults;
  const auto give_up = [&] {
    if (!faults.empty()) throw PipelineFault(file, overrides, faults);
  };
  const auto document = parse_json(plan.text, faults);
  if (document.value.index() == 0) give_up();
  auto pipeline = parse_pipeline(document, faults);
  apply_overrides(pipeline, overrides, faults);
  const Expansion expansion(pipeline, faults);
  plan.nodes = resolve(pipeline, expansion, *catalog, plan.file.parent_path(), check, faults);
  give_up();
  plan.about = pipeline.about;
  plan.seed = pipeline.seed;
  plan.catalog = std::move(catalog);
  plan.resolved_json = resolved_json(plan);
  return plan;
}

}  // namespace morgana::host
