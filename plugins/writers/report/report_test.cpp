// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "chart.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/testing.hpp"
#include "page.hpp"
#include "picture.hpp"
#include "table.hpp"

namespace morgana::report {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

std::shared_ptr<const Metrics> metrics(double value, double floor) {
  Metrics result;
  result.evaluator = "evaluate.fidelity";
  result.metrics.push_back({.name = "jsd",
                            .value = value,
                            .unit = "bits",
                            .better = Better::kLower,
                            .tags = {{"channel", "PL*DIR"}},
                            .floor = floor,
                            .low = value - 0.01,
                            .high = value + 0.01,
                            .repeats = 5,
                            .real_count = 100,
                            .synthetic_count = 90,
                            .headline = true});
  result.metrics.push_back({.name = "jsd",
                            .value = std::nan(""),
                            .unit = "bits",
                            .better = Better::kLower,
                            .tags = {{"channel", "IAT"}, {"class", "<b>"}},
                            .note = "no sample"});
  result.curves.push_back(
      {"cdf", {{"class", "a"}, {"channel", "PL"}, {"source", "real"}}, "bytes", "share", {0, 100}, {0.5, 1}});
  result.curves.push_back(
      {"cdf", {{"class", "a"}, {"channel", "PL"}, {"source", "synthetic"}}, "bytes", "share", {0, 90}, {0.4, 1}});
  result.matrices.push_back({"confusion", {{"protocol", "TSTR"}}, {"a", "b"}, {"a", "b"}, {3, 1, 0, 4}});
  return std::make_shared<const Metrics>(std::move(result));
}

TEST(Page, EscapesAndRoundsForReaders) {
  EXPECT_EQ(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(shown(0.0130449), "0.01304");
  EXPECT_EQ(shown(12345.6), "12346");
  EXPECT_EQ(shown(1.5e-7), "1.5e-07");
  EXPECT_EQ(shown(std::nan("")), "–");
  EXPECT_EQ(shown_seconds(200), "3 min 20 s");
  EXPECT_EQ(shown_bytes(1536), "1.5 KiB");
}

TEST(Table, IsWrittenAsCsvAndLatex) {
  Table table{"t", "caption", {{"name", "", Better::kNeither, true}, {"a_b", "bits", Better::kLower}}, {}};
  table.rows.push_back(
      {{{.text = "x, \"y\""}, {.value = 0.5, .low = 0.4, .high = 0.6, .best = true}}, RowKind::kPlain});
  table.rows.push_back({{{.text = "z_1"}, {.value = std::nan("")}}, RowKind::kControl});
  EXPECT_EQ(to_csv(table),
            "name,a_b [bits],a_b [bits] low,a_b [bits] high\r\n\"x, \"\"y\"\"\",0.5,0.4,0.6\r\nz_1,,,\r\n");
  const auto tex = to_latex(table);
  EXPECT_NE(tex.find("a\\_b $\\downarrow$ [bits]"), std::string::npos);
  EXPECT_NE(tex.find("\\textbf{0.5 \\scriptsize[0.4, 0.6]}"), std::string::npos);
  EXPECT_NE(tex.find("z\\_1 & --"), std::string::npos);
}

TEST(Chart, SurvivesEmptyAndDegenerateData) {
  EXPECT_NE(to_svg(LineChart{"t", "x", "y", {}, true, true}).find("</svg>"), std::string::npos);
  const auto flat = to_svg(LineChart{"t", "x", "y", {{"l", {1, 1}, {2, 2}, "#000", false}}});
  EXPECT_EQ(flat.find("nan"), std::string::npos);
  EXPECT_EQ(flat.find("inf"), std::string::npos);
  EXPECT_NE(to_svg(DotChart{"t", "u", {{"a", std::nan("")}}, {}}).find("not defined"), std::string::npos);
  EXPECT_NE(to_svg(HeatMap{"t", {"a"}, {"a"}, {0}}).find("</svg>"), std::string::npos);
}

TEST(Picture, IsAPngInTheText) {
  const std::vector<std::uint8_t> pixels{0, 255, 128, 64};
  EXPECT_EQ(png_data_uri(pixels, 2, 2).substr(0, 32), "data:image/png;base64,iVBORw0KGg");
}

TEST(Report, PutsFloorControlsAndIntervalsIntoOneOfflinePage) {
  testing::StageRunner stage(morgana_plugin(), "write.report");
  const auto folder = stage.context.root() / "out";
  stage.set("path", folder.string());
  stage.input("metrics", metrics(0.2, 0.013),
              {"fidelity", "metrics", {{"encoder", "encode.gasf"}, {"generator", "ddpm"}}});
  stage.input("metrics", metrics(0.5, 0.013),
              {"fidelity", "metrics", {{"encoder", "encode.gasf"}, {"generator", "gan"}}});
  stage.input("metrics", metrics(0.02, 0.013),
              {"fidelity", "metrics", {{"encoder", "encode.gasf"}, {"generator", "copy"}}});
  Model model;
  model.curves = {{"loss", "steps", "", {1, 2, 3}, {1, 0.5, 0.25}}};
  model.facts = {{"parameters", 1234}};
  stage.input("models", std::make_shared<const Model>(model),
              {"model", "model", {{"encoder", "encode.gasf"}, {"generator", "ddpm"}}});
  stage.context.facts.name = "study";
  stage.context.facts.costs = {{"model[encoder=encode.gasf,generator=ddpm]",
                                "train.ddpm",
                                {{"encoder", "encode.gasf"}, {"generator", "ddpm"}},
                                12.5,
                                1 << 30,
                                false}};
  stage.run();

  const auto html = text_of(folder / "report.html");
  EXPECT_NE(html.find("real against real"), std::string::npos);
  EXPECT_NE(html.find("gasf · ddpm"), std::string::npos);
  EXPECT_EQ(count(html, "<tr class=\"control\"><td class=\"text\">gasf · copy"), 3u);  // verdict, and two numbers
  EXPECT_NE(html.find("0.19 – 0.21"), std::string::npos);
  EXPECT_EQ(html.find("<b>, "), std::string::npos) << "a class name is not markup";
  EXPECT_EQ(count(html, "http"), count(html, "http://www.w3.org/2000/svg")) << "the page fetches nothing";
  EXPECT_EQ(count(html, "role=\"img\"><title>confusion"), 1u) << "equal matrices are drawn once";
  EXPECT_NE(html.find("1234"), std::string::npos);

  const auto csv = text_of(folder / "tables" / "verdict.csv");
  EXPECT_NE(csv.find("gasf · ddpm,0.2,0.19,0.21"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder / "tables" / "verdict.tex"));
  EXPECT_TRUE(std::filesystem::exists(folder / "tables" / "costs.csv"));
}

TEST(Report, WithoutMetricsSaysWhatToDo) {
  testing::StageRunner stage(morgana_plugin(), "write.report");
  try {
    stage.run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there are no metrics to report");
    EXPECT_STREQ(error.hint().c_str(), "gather the metrics of at least one evaluator");
  }
}

}  // namespace
}  // namespace morgana::report
