// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>

#include "morgana/count_text.hpp"
#include "morgana/stage.hpp"
#include "sections.hpp"

namespace morgana::report {
namespace {

template <typename T>
std::vector<Found<T>> found_in(const Gather<T>& port) {
  std::vector<Found<T>> list;
  for (std::size_t i = 0; i < port.size(); ++i) list.push_back({&port[i], port.origin(i)});
  return list;
}

class WriteReport final : public Stage {
  Gather<Metrics> metrics{*this, "metrics", "What the evaluators found."};
  Gather<Model> models{*this, "models", "Trained generators: their loss curves and sizes are shown.", Need::kOptional};
  Gather<Images> real_images{*this, "real_images", "Images of real traces, shown beside the generated ones.",
                             Need::kOptional};
  Gather<Images> synthetic_images{*this, "synthetic_images", "Generated images.", Need::kOptional};
  Param<OutputPath> path{
      *this, "path", {.value = OutputPath{"report"}, .doc = "Folder of report.html and the folder tables/."}};
  Param<std::string> title{*this, "title", {.value = "", .doc = "Heading of the page; empty: the pipeline's name."}};
  Param<std::vector<std::string>> controls{*this,
                                           "controls",
                                           {.value = std::vector<std::string>{"copy", "resample", "markov"},
                                            .doc = "Values of a variable that make a contender a control."}};
  Param<int> images_per_class{
      *this,
      "images_per_class",
      {.value = 8, .unit = "images", .min = 1, .max = 64, .doc = "Images shown of each class."}};
  ReportsRun reports_run{*this};

  void run(Context& context) override {
    if (metrics.size() == 0)
      throw Error("there are no metrics to report").hint("gather the metrics of at least one evaluator");
    Findings findings{found_in(metrics),  found_in(models), found_in(real_images), found_in(synthetic_images), {},
                      context.run_facts()};
    find_contenders(findings, *controls);

    const Chapter chapters[]{
        verdict_chapter(findings),  distributions_chapter(findings), images_chapter(findings, *images_per_class),
        matrices_chapter(findings), training_chapter(findings),      metrics_chapter(findings),
        costs_chapter(findings),    pipeline_chapter(findings)};
    const auto& folder = path->path;
    std::filesystem::create_directories(folder / "tables");
    std::vector<Section> sections;
    for (const auto& chapter : chapters) {
      if (!chapter.section.body.empty()) sections.push_back(chapter.section);
      for (const auto& table : chapter.tables) write_files(table, folder / "tables");
    }
    const std::string heading =
        title->empty() ? (findings.run.name.empty() ? "Morgana report" : findings.run.name) : *title;
    const std::string lead =
        fmt::format("<p class=\"soft\">{} contenders, {} evaluations. Morgana {}</p>", findings.contenders.size(),
                    findings.metrics.size(), escaped(findings.run.version));
    std::ofstream stream(folder / "report.html", std::ios::binary);
    stream << page(heading, lead, sections);
    stream.close();
    if (!stream) throw Error("cannot write {}", (folder / "report.html").string());
    context.log().info("a page of {} about {}", count_text(sections.size(), "section"),
                       count_text(findings.contenders.size(), "contender"));
  }
};

}  // namespace
}  // namespace morgana::report

MORGANA_PLUGIN("report", "1.0.0", "Writes what was found as one HTML page, with CSV and LaTeX of every table.",
               morgana::stage<morgana::report::WriteReport>("write.report"));
