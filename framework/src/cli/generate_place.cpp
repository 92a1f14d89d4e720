// SPDX-License-Identifier: Apache-2.0
#include "cli/generate_place.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cache/durable.hpp"
#include "cli/verb.hpp"
#include "graph/product_places.hpp"
#include "run/products.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

void check_free(const fs::path& file, bool force) {
  if (!force && fs::exists(file))
    throw UsageFault(Error("{} exists already", file.string()).hint("give another name, or replace it with --force"));
}

}  // namespace

fs::path side_file(const fs::path& output) { return output.string() + ".json"; }

void check_place(const fs::path& output, bool force) {
  if (!output.has_filename() || fs::is_directory(output))
    throw UsageFault(Error("{} is a folder", output.string()).hint("give the file to write: -o traffic.pcapng"));
  const auto folder = fs::absolute(output).parent_path();
  if (!fs::is_directory(folder))
    throw UsageFault(Error("there is no folder {}", folder.string()).hint("make it: mkdir -p " + folder.string()));
  check_free(output, force);
  check_free(side_file(output), force);
}

void check_others(const GenerateRequest& request, const Plan& plan, bool force) {
  for (const auto& parameter : plan.nodes.back().parameters)
    if (parameter.info->type == ParameterType::kOutputPath && parameter.info->name != "path" && !parameter.is_default &&
        !std::get<std::string>(parameter.value).empty())
      check_free(beside_output(request, product_place(plan.nodes.back(), parameter.info->name, "")), force);
}

FolderBeside::FolderBeside(const fs::path& output) {
  auto pattern = (fs::absolute(output).parent_path() / ".morgana-generate-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw UsageFault("cannot write into {}: {}", fs::absolute(output).parent_path().string(), std::strerror(errno));
  path_ = pattern;
}

FolderBeside::~FolderBeside() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void deliver(const GenerateRequest& request, const Generated& generated, const std::string& record,
             const fs::path& beside, bool keeps_run, bool force) {
  auto files = generated.others;
  files.emplace_back(generated.product, request.output);
  for (const auto& [from, to] : files)  // it took a while; somebody may have come first
    if (!force && fs::exists(to)) throw Error("{} exists now", to.string()).hint("give another name, or --force");
  for (std::size_t i = 0; keeps_run && i < files.size(); ++i) {  // the run keeps its own
    const auto copy = beside / fmt::format("copy-{}", i);
    put_in_place(files[i].first, copy);
    files[i].first = copy;
  }
  for (const auto& [from, to] : files) {
    fs::is_directory(from) ? flush_tree_to_disk(from) : flush_to_disk(from);
    make_folders(to.parent_path());
  }
  write_whole_file(side_file(request.output), record);
  for (const auto& [from, to] : files) {
    fs::rename(from, to);
    flush_folder_to_disk(to.parent_path());
  }
}

}  // namespace morgana::host
