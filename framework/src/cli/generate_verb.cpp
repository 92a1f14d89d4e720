// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cli/cache_option.hpp"
#include "cli/generate_place.hpp"
#include "cli/generate_record.hpp"
#include "cli/program.hpp"
#include "cli/request.hpp"
#include "cli/run_options.hpp"
#include "cli/terminal.hpp"
#include "graph/load_plan.hpp"
#include "graph/picture.hpp"
#include "morgana/count_text.hpp"
#include "run/parameter_checks.hpp"
#include "run/pipeline_run.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

/// What has an option of its own is not overridden behind its back: the side file would not tell the truth.
void check_overrides(const std::vector<std::string>& overrides) {
  constexpr std::pair<const char*, const char*> kOptions[] = {
      {"model.path", "MODEL"},       {"sample.per_class", "--count"},
      {"sample.classes", "--class"}, {"sample.device", "--device"},
      {"write.path", "-o"},          {"seed", "--seed"}};
  for (const auto& text : overrides)
    for (const auto& [target, option] : kOptions)
      if (text.starts_with(std::string(target) + "="))
        throw UsageFault("--set {}: that is what {} is for", text, option);
}

GenerateRequest request_of(const Arguments& arguments, const Catalog& catalog) {
  GenerateRequest request;
  request.count = arguments.number("count", 1).value_or(0);
  request.counted = arguments.has("count");
  request.seed = static_cast<std::uint64_t>(arguments.number("seed", 0).value_or(0));
  request.device = arguments.value("device");
  check_overrides(arguments.values("set"));
  request.output = arguments.value("output");
  check_extension(request.output);
  check_place(request.output, arguments.has("force"));
  request.model_as_typed = arguments.operand(0);
  request.model = find_saved_model(request.model_as_typed, arguments.value("runs"), catalog);
  request.classes = arguments.values("class");
  if (!request.classes.empty()) asked_classes(request.model, request.classes);
  return request;
}

/// Stands for the pipeline's file: in the run folder's name, and where a node's reason says what it was last time.
std::string run_name(const GenerateRequest& request) {
  auto name = "generate-" + request.model.kind;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

/// The pipeline is no file of the user's: what is wrong with it is said without a place in it.
void print_generate_faults(const PipelineFault& fault) {
  for (const auto& each : fault.faults()) {
    const bool unset = each.text.find("has no default") != std::string::npos;
    print_error(each.position.line == 0 ? fault.place(each) : "morgana", sentence(each),
                unset ? "give it with --set NODE.PARAMETER=VALUE" : each.hint);
  }
}

void say_end(const GenerateRequest& request, const RecordedRun& run, const Generated& generated,
             const fs::path& kept_folder) {
  std::string text = fmt::format("done in {}\n", duration_text(run.record.value("seconds", 0.0)));
  text += fmt::format("  wrote {}: {}, {}\n", request.output.string(), count_text(generated.traces, "trace"),
                      bytes_text(generated.bytes));
  constexpr std::size_t kMostClasses = 20;
  std::size_t width = 0;
  for (const auto& [name, count] : generated.drawn) width = std::max(width, columns_of(name));
  for (std::size_t i = 0; i < generated.drawn.size() && i < kMostClasses; ++i)
    text += fmt::format("        {}  {}\n", padded(generated.drawn[i].first, width), generated.drawn[i].second);
  if (generated.drawn.size() > kMostClasses)
    text += fmt::format("        and {} classes more\n", generated.drawn.size() - kMostClasses);
  for (const auto& [from, to] : generated.others) text += fmt::format("  wrote {}\n", to.string());
  text += fmt::format("  how   {}\n", side_file(request.output).string());
  if (!kept_folder.empty()) text += fmt::format("  run   {}\n", kept_folder.string());
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int generate(const Arguments& arguments) try {
  const auto catalog = catalog_of(arguments);
  const auto request = request_of(arguments, *catalog);
  const auto plan = plan_of_text(generate_pipeline(request, *catalog), run_name(request), arguments.values("set"),
                                 catalog, ParameterChecks());
  check_others(request, plan, arguments.has("force"));
  RunSettings settings;
  settings.limits = limits_of(arguments, plan);
  check_devices(plan, settings.limits.threads);
  settings.cache = cache_folder(arguments);
  settings.keeps_folder = arguments.has("keep-run");
  const FolderBeside beside(request.output);
  settings.runs = settings.keeps_folder ? fs::path(arguments.value("runs")) : beside.path();
  settings.quiet = arguments.has("quiet");
  settings.grace_seconds = arguments.number("grace", 0).value_or(10);
  settings.command = arguments.command();
  settings.version = version();
  settings.graph_svg = [&plan] { return graph_svg(plan); };
  settings.on_done = [&](const fs::path& folder) {
    const auto run = read_run(folder.string(), settings.runs);
    const auto generated = generated_by(request, run);
    const auto record = generate_record(request, run, generated);
    deliver(request, generated, record, beside.path(), settings.keeps_folder, arguments.has("force"));
    if (!settings.quiet)
      say_end(request, run, generated, settings.keeps_folder ? arguments.value("runs") / folder.filename() : "");
    if (arguments.has("json")) print(record);
  };
  return run_pipeline(plan, settings);
} catch (const PipelineFault& fault) {
  print_generate_faults(fault);
  return kBadRequest;
}

}  // namespace

Verb generate_verb() {
  auto device = Option{.name = "device",
                       .argument = "DEVICE",
                       .doc = "where the sampler runs; auto takes a GPU where there is one",
                       .fallback = "auto",
                       .choices = {"auto", "cpu", "cuda"}};
  return {
      .name = "generate",
      .summary = "make traffic with a trained model",
      .description =
          "Draws traces from a trained model and writes them to a file, whose extension says how: .pcapng and .pcap "
          "for "
          "Wireshark, .parquet, .npz and .csv for tables, .json as the MIRAGE datasets are. The same model, seed and "
          "options give the same bytes.\n\n"
          "Beside the file lies FILE.json, which says how it was made: the hash of the model, seed, classes, every "
          "parameter and version, and the account of which values were generated, derived and filled in.\n\n"
          "The work is a pipeline of the nodes model, sample, traffic (images back to traces) and write; --set changes "
          "their parameters. Results are cached as those of run are: the same traffic in another format is not drawn "
          "again, and what Ctrl-C stopped goes on. The file appears when it is whole.",
      .operands = {{.name = "MODEL",
                    .doc = "a model's .safetensors file; or a run, by its folder or name, where it has one model; or "
                           "RUN:NODE, as in \"runs/latest:model[generator=ddpm]\""}},
      .options = {{.name = "output",
                   .argument = "FILE",
                   .doc = "the file to write: .pcapng, .pcap, .parquet, .npz, .csv or .json",
                   .letter = 'o',
                   .required = true},
                  {.name = "class",
                   .argument = "NAME",
                   .doc = "draw this class; may be repeated; else every class that the model was trained on",
                   .repeatable = true},
                  {.name = "count", .argument = "N", .doc = "traces of each class", .fallback = "100"},
                  {.name = "seed", .argument = "N", .doc = "of the random numbers", .fallback = "0"},
                  device,
                  {.name = "set",
                   .argument = "NODE.PARAMETER=VALUE",
                   .doc = "give a parameter another value than its default, as in sample.steps=50; morgana inspect "
                          "STAGE shows them; may be repeated",
                   .repeatable = true},
                  {.name = "force", .doc = "replace the file where it exists"},
                  threads_option(),
                  grace_option(),
                  cache_option(),
                  runs_option(),
                  {.name = "keep-run", .doc = "keep the folder of this run among them, as run does"},
                  plugin_path_option(),
                  {.name = "quiet", .doc = "only warnings and errors"},
                  json_option("print what lies in FILE.json")},
      .examples =
          "morgana generate netflix-ddpm.safetensors --count 300 -o netflix.pcapng\n"
          "morgana generate runs/latest --class com.netflix.mediaclient --class com.spotify.music -o two.parquet\n"
          "morgana generate \"latest:model[generator=ddpm]\" --seed 7 --set sample.steps=50 -o traffic.npz",
      .run = generate};
}

}  // namespace morgana::host
