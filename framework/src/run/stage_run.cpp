// SPDX-License-Identifier: Apache-2.0
#include "run/stage_run.hpp"

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <new>

#include "cache/content.hpp"
#include "cache/sha256.hpp"
#include "plugin/exception_type.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

const PlannedParameter* find(const PlannedNode& node, const std::string& name) {
  for (const auto& parameter : node.parameters)
    if (parameter.info->name == name) return &parameter;
  return nullptr;
}

/// Where an output path leads while the entry is built: its place in the run has no part in the entry.
std::string product_file(const PlannedParameter& parameter) {
  return parameter.info->name + fs::path(std::get<std::string>(parameter.value)).extension().string();
}

bool is_product(const PlannedParameter& parameter) {
  return parameter.info->type == ParameterType::kOutputPath && !std::get<std::string>(parameter.value).empty();
}

}  // namespace

std::string described(const PlannedNode& node) {
  return fmt::format("node \"{}\": {}, stage {}", node.name, node.plugin->library.filename().string(),
                     node.stage->name);
}

void configure(Stage& stage, const PlannedNode& node, const fs::path& files) {
  for (auto* parameter : stage.parameters()) {
    const auto* planned = find(node, parameter->info().name);
    if (planned == nullptr)
      throw Error("the library has the parameter \"{}\", which its manifest does not", parameter->info().name)
          .hint(fmt::format("make the manifest again: morgana manifest {}", node.plugin->library.string()));
    if (is_product(*planned)) parameter->set(ParameterValue((files / product_file(*planned)).string()));
    else parameter->set(planned->value);
  }
  if (stage.seed() != nullptr) stage.seed()->set(node.seed);
}

void guarded(const std::function<void()>& plugin_code) {
  try {
    plugin_code();
  } catch (const Error&) {
    throw;
  } catch (const Stopped&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory").hint("run fewer nodes at once with --jobs 1, or make the data smaller");
  } catch (const std::exception& exception) {
    throw Error("{} ({})", exception.what(), current_exception_type());
  } catch (...) {
    throw Error("it threw {}, which is no std::exception", current_exception_type());
  }
}

void run_guarded(Stage& stage, Context& context, int threads) {
  // An arena of its own: the stage's parallel loops use no more than its threads, and a thread that waits in one
  // never picks up another stage.
  tbb::task_arena arena(threads, 1);
  guarded([&] {
    stage.check();
    arena.execute([&] { stage.run(context); });
  });
}

ValueMap outputs_of(const Stage& stage) {
  ValueMap values;
  for (const auto* output : stage.outputs()) {
    if (output->value() == nullptr)
      throw Error("it ended without giving its output \"{}\"", output->name())
          .hint("a stage assigns each output once in run()");
    if (output->value()->value_type().name != output->value_type().name)
      throw Error("its output \"{}\" is {}, but a {} was given", output->name(), output->value_type().name,
                  output->value()->value_type().name);
    values.emplace(output->name(), output->value());
  }
  return values;
}

void save_into(const fs::path& folder, const ValueMap& values, const PlannedNode& node, Entry& entry) {
  for (const auto& [port, value] : values) {
    StoredFile file{port, port + std::string(value->value_type().extension), 0, ""};
    const auto path = folder / file.file;
    try {
      guarded([&path, &saved = *value] { saved.save(path); });
    } catch (const Error& error) {
      throw Error("its output \"{}\" cannot be saved: {}", port, error.what()).hint(error.hint());
    }
    file.sha256 = sha256_of_file(path);
    file.bytes = fs::file_size(path);
    entry.outputs.push_back(std::move(file));
  }
  for (const auto& parameter : node.parameters) {
    if (!is_product(parameter)) continue;
    StoredFile file{parameter.info->name, "files/" + product_file(parameter), 0, ""};
    if (!fs::exists(folder / file.file))
      throw Error("it wrote nothing to its output path \"{}\"", parameter.info->name);
    auto content = content_of(folder / file.file);
    file.sha256 = std::move(content.sha256);
    file.bytes = content.bytes;
    entry.products.push_back(std::move(file));
  }
}

}  // namespace morgana::host
