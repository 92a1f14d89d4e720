// SPDX-License-Identifier: Apache-2.0
#include "sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "chart.hpp"
#include "picture.hpp"

namespace morgana::report {
namespace {

const std::string kRealColour = "#444c59";

std::string tags_text(const std::map<std::string, std::string>& tags) {
  std::string text;
  for (const auto& [name, value] : tags) text += (text.empty() ? "" : ", ") + value;
  return text;
}

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

/// A headline number: the same metric, of the same thing, of every contender.
struct Headline {
  std::string node, name, unit;
  std::map<std::string, std::string> tags;
  Better better = Better::kNeither;
  std::vector<const Metric*> of;  ///< one a contender; null where it has none

  std::string title() const {
    return tags.empty() ? words(name) : fmt::format("{} ({})", words(name), tags_text(tags));
  }
};

/// What is a headline for one contender is one for all: the others must not look as if they had not been measured.
std::vector<Headline> headlines(const Findings& findings) {
  std::vector<Headline> list;
  const auto place_of = [&](const std::string& node, const Metric& metric) {
    return std::find_if(list.begin(), list.end(), [&](const auto& entry) {
      return entry.node == node && entry.name == metric.name && entry.tags == metric.tags;
    });
  };
  for (const auto& found : findings.metrics)
    for (const auto& metric : found.value->metrics)
      if (metric.headline && place_of(found.origin.node, metric) == list.end())
        list.push_back({found.origin.node, metric.name, metric.unit, metric.tags, metric.better,
                        std::vector<const Metric*>(findings.contenders.size())});
  for (const auto& found : findings.metrics)
    for (const auto& metric : found.value->metrics)
      if (const auto place = place_of(found.origin.node, metric); place != list.end())
        place->of[findings.contender(found.origin.variables)] = &metric;
  return list;
}

/// 1 for a value as good as real data, 0 for the worst of the column.
double goodness(const Headline& headline, const Metric& metric) {
  if (!metric.floor || !std::isfinite(metric.value)) return -1;
  double worst = metric.value;
  for (const auto* other : headline.of)
    if (other && std::isfinite(other->value))
      worst = headline.better == Better::kHigher ? std::min(worst, other->value) : std::max(worst, other->value);
  const double span = worst - *metric.floor;
  const bool as_good =
      headline.better == Better::kHigher ? metric.value >= *metric.floor : metric.value <= *metric.floor;
  if (span == 0 || as_good) return 1;
  return std::clamp((worst - metric.value) / span, 0.0, 1.0);
}

/// The best of those that are no controls, or not to be told from it: the intervals overlap.
bool among_best(const Headline& headline, const Findings& findings, const Metric& metric) {
  const Metric* best = nullptr;
  for (std::size_t i = 0; i < headline.of.size(); ++i) {
    const auto* other = headline.of[i];
    if (!other || findings.contenders[i].control || !std::isfinite(other->value)) continue;
    if (!best || (headline.better == Better::kHigher ? other->value > best->value : other->value < best->value))
      best = other;
  }
  if (!best || headline.better == Better::kNeither || !std::isfinite(metric.value)) return false;
  if (&metric == best) return true;
  return metric.low && metric.high && best->low && best->high && *metric.low <= *best->high &&
         *best->low <= *metric.high;
}

std::optional<double> common_floor(const Headline& headline) {
  double sum = 0;
  int count = 0;
  for (const auto* metric : headline.of)
    if (metric && metric->floor && std::isfinite(*metric->floor)) sum += *metric->floor, ++count;
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::string card(const std::string& title, const std::string& body) {
  return fmt::format("<div class=\"card\"><h3>{}</h3>{}</div>", escaped(title), body);
}

/// The variable that lines of one chart differ in: the one with most values. The others make charts of their own.
std::string compared_variable(const Findings& findings) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& contender : findings.contenders)
    for (const auto& [name, value] : contender.variables) values[name].insert(value);
  std::string best;
  for (const auto& [name, set] : values)
    if (best.empty() || set.size() > values[best].size()) best = name;
  return best;
}

Variables without(Variables variables, const std::string& name) {
  variables.erase(name);
  return variables;
}

/// One chart of `distributions`: real and synthetic lines of one class.
struct CurveChart {
  std::string title;
  std::vector<std::pair<const MetricCurve*, std::string>> lines;  ///< curve, name of the line
};

bool logarithmic(const MetricCurve& curve) { return curve.x_unit == "s"; }

}  // namespace

Chapter verdict_chapter(const Findings& findings) {
  Chapter chapter{{"verdict", "Verdict", ""}, {}};
  const auto columns = headlines(findings);
  if (columns.empty()) return chapter;
  Table table{"verdict",
              "Every contender in the headline numbers. Bold: the best generator, and those whose interval overlaps "
              "with its own. Intervals are 95 % over the classifiers' seeds and draws; they say nothing of another "
              "training of the same generator. Grey: controls, which learn nothing.",
              {{"contender", "", Better::kNeither, true}},
              {}};
  Row floor{{{.text = "real against real"}}, RowKind::kFloor};
  for (const auto& column : columns) {
    table.columns.push_back({column.title(), column.unit, column.better});
    floor.cells.push_back({.text = "–", .value = common_floor(column)});
  }
  table.rows.push_back(floor);
  for (std::size_t i = 0; i < findings.contenders.size(); ++i) {
    const auto& contender = findings.contenders[i];
    Row row{{{.text = contender.label}}, contender.control ? RowKind::kControl : RowKind::kPlain};
    for (const auto& column : columns) {
      const auto* metric = column.of[i];
      if (!metric) {
        row.cells.push_back({.text = "–"});
        continue;
      }
      std::string note = fmt::format("{} real, {} synthetic, {} repeats", metric->real_count, metric->synthetic_count,
                                     metric->repeats);
      if (metric->floor) note += fmt::format("; real against real {}", shown(*metric->floor));
      if (!metric->note.empty()) note += "; " + metric->note;
      row.cells.push_back({.value = metric->value,
                           .low = metric->low,
                           .high = metric->high,
                           .best = !contender.control && among_best(column, findings, *metric),
                           .shade = goodness(column, *metric),
                           .note = note});
    }
    table.rows.push_back(std::move(row));
  }
  std::string body = to_html(table);
  body +=
      "<p class=\"soft\">Green is as good as real data compared with real data, orange the worst of its column. A "
      "number worse than a control's is no achievement: <i>copy</i> repeats training traces, <i>resample</i> mixes "
      "them packet by packet, <i>markov</i> draws from packet-to-packet frequencies.</p><div class=\"grid\">";
  for (const auto& column : columns) {
    DotChart chart{column.title(), column.unit, {}, common_floor(column)};
    for (std::size_t i = 0; i < findings.contenders.size(); ++i)
      if (const auto* metric = column.of[i])
        chart.dots.push_back({findings.contenders[i].label, metric->value, metric->low, metric->high, series_colour(i),
                              findings.contenders[i].control});
    const auto direction = column.better == Better::kHigher  ? ": higher is better"
                           : column.better == Better::kLower ? ": lower is better"
                                                             : "";
    body += card(column.title() + direction, to_svg(chart));
  }
  chapter.section.body = body +
                         "</div><p class=\"soft\">Hollow dots are controls; the dashed green line is real data "
                         "compared with real data.</p>";
  chapter.tables.push_back(std::move(table));
  return chapter;
}

Chapter distributions_chapter(const Findings& findings) {
  Chapter chapter{{"distributions", "Distributions", ""}, {}};
  const std::string compared = compared_variable(findings);
  std::map<std::string, std::string> colours;  // of the compared variable's values
  std::vector<std::pair<std::string, std::string>> named{{"real", kRealColour}};
  for (const auto& contender : findings.contenders) {
    const auto found = contender.variables.find(compared);
    const std::string name = found == contender.variables.end() ? "synthetic" : short_name(found->second);
    if (!colours.contains(name)) {
      colours[name] = series_colour(colours.size());
      named.emplace_back(name, colours[name]);
    }
  }
  // facet (other variables, evaluator, curve, channel...) -> class -> lines
  // Distribution functions come first: they are what most readers look for.
  const auto cdf_first = [](const std::string& a, const std::string& b) {
    return std::pair(!a.starts_with("cdf"), a) < std::pair(!b.starts_with("cdf"), b);
  };
  std::map<std::string, std::map<std::string, CurveChart>, decltype(cdf_first)> facets(cdf_first);
  for (const auto& found : findings.metrics)
    for (const auto& curve : found.value->curves) {
      auto tags = curve.tags;
      const bool real = tags.contains("source") && tags["source"] == "real";
      const std::string class_name = tags.contains("class") ? tags["class"] : "all classes";
      tags.erase("source");
      tags.erase("class");
      std::string facet = words(curve.name);
      if (!tags.empty()) facet += " of " + tags_text(tags);
      const auto others = without(found.origin.variables, compared);
      if (!others.empty()) facet += ", " + label_of(others);
      auto& chart = facets[facet][class_name];
      chart.title = class_name;
      const auto value = found.origin.variables.find(compared);
      const std::string name = real                                    ? "real"
                               : value == found.origin.variables.end() ? "synthetic"
                                                                       : short_name(value->second);
      const bool there =
          std::any_of(chart.lines.begin(), chart.lines.end(), [&](const auto& line) { return line.second == name; });
      if (!there) chart.lines.emplace_back(&curve, name);
    }
  if (facets.empty()) return chapter;
  std::string body = legend(named);
  bool open = true;
  for (const auto& [facet, charts] : facets) {
    body += fmt::format("<details{}><summary>{}</summary><div class=\"grid\">", open ? " open" : "", escaped(facet));
    open = false;
    for (const auto& [class_name, chart] : charts) {
      LineChart drawing{chart.title,
                        chart.lines.front().first->x_unit,
                        chart.lines.front().first->y_unit,
                        {},
                        logarithmic(*chart.lines.front().first),
                        false,
                        chart.lines.front().first->name.find("cdf") != std::string::npos};
      for (const auto& [curve, name] : chart.lines)
        drawing.lines.push_back(
            {name, curve->x, curve->y, name == "real" ? kRealColour : colours[name], name == "real"});
      body += card(chart.title, to_svg(drawing));
    }
    body += "</div></details>";
  }
  chapter.section.body = body;
  return chapter;
}

Chapter images_chapter(const Findings& findings, int per_class) {
  Chapter chapter{{"images", "Images", ""}, {}};
  if (findings.real_images.empty() && findings.synthetic_images.empty()) return chapter;
  const auto& first = findings.real_images.empty() ? findings.synthetic_images.front() : findings.real_images.front();
  const auto& class_names = first.value->class_names();
  std::string body = fmt::format(
      "<p class=\"soft\">A row a class, {} images of each, an image's channels side by side; black is -1, white 1."
      "</p><div class=\"grid\">",
      per_class);
  std::set<std::string> seen;
  for (const auto& found : findings.real_images) {
    const std::string title = "real: " + label_of(found.origin.variables);
    if (seen.insert(title).second) body += card(title, image_grid(*found.value, class_names, per_class));
  }
  for (const auto& found : findings.synthetic_images) {
    const std::string title = label_of(found.origin.variables);
    if (seen.insert(title).second) body += card(title, image_grid(*found.value, class_names, per_class));
  }
  chapter.section.body = body + "</div>";
  return chapter;
}

Chapter matrices_chapter(const Findings& findings) {
  Chapter chapter{{"matrices", "Confusion and transitions", ""}, {}};
  // One with the same tags and values is shown once: real against real does not depend on the generator.
  struct Drawing {
    const MetricMatrix* matrix;
    std::string of;
  };
  std::map<std::string, std::vector<Drawing>> drawings;
  for (const auto& found : findings.metrics)
    for (const auto& matrix : found.value->matrices) {
      auto& same_name = drawings[words(matrix.name)];
      const auto twin = std::find_if(same_name.begin(), same_name.end(), [&](const auto& other) {
        return other.matrix->tags == matrix.tags && other.matrix->values == matrix.values;
      });
      if (twin == same_name.end()) same_name.push_back({&matrix, label_of(found.origin.variables)});
      else twin->of = "several, all alike";
    }
  std::map<std::string, std::string> groups;
  for (const auto& [name, list] : drawings)
    for (const auto& [matrix, of] : list) {
      const std::string tags = tags_text(matrix->tags);
      groups[name] += card(fmt::format("{}{}{}", tags, tags.empty() ? "" : ": ", of),
                           to_svg(HeatMap{matrix->name, matrix->rows, matrix->columns, matrix->values}));
    }
  bool open = true;
  for (const auto& [name, cards] : groups) {
    chapter.section.body += fmt::format("<details{}><summary>{}</summary><div class=\"grid\">{}</div></details>",
                                        open ? " open" : "", escaped(name), cards);
    open = false;
  }
  if (groups.empty()) return chapter;
  Table numbers{"matrices", "Confusion matrices and transitions, a cell a row", {}, {}};
  for (const char* name : {"matrix", "of", "tags", "row", "column"}) numbers.columns.push_back({name, "", {}, true});
  numbers.columns.push_back({"value", "", {}, false});
  for (const auto& [name, list] : drawings)
    for (const auto& [matrix, of] : list)
      for (std::size_t i = 0; i < matrix->values.size(); ++i) {
        Row row;
        for (const auto& text : {name, of, tags_text(matrix->tags), matrix->rows[i / matrix->columns.size()],
                                 matrix->columns[i % matrix->columns.size()]})
          row.cells.push_back({.text = text});
        row.cells.push_back({.value = matrix->values[i]});
        numbers.rows.push_back(std::move(row));
      }
  chapter.section.body += links_to(numbers, "the numbers");
  chapter.tables.push_back(std::move(numbers));
  return chapter;
}

Chapter training_chapter(const Findings& findings) {
  Chapter chapter{{"training", "Training", ""}, {}};
  std::string body;
  for (const auto& found : findings.models) {
    if (found.value->curves.empty()) continue;
    LineChart chart{label_of(found.origin.variables),
                    found.value->curves.front().x_unit,
                    found.value->curves.front().unit,
                    {},
                    false,
                    false};
    std::vector<std::pair<std::string, std::string>> names;
    bool positive = true;
    for (std::size_t i = 0; i < found.value->curves.size(); ++i) {
      const auto& curve = found.value->curves[i];
      chart.lines.push_back({curve.name, curve.x, curve.y, series_colour(i), false});
      names.emplace_back(words(curve.name), series_colour(i));
      positive &= std::all_of(curve.y.begin(), curve.y.end(), [](double y) { return !(y <= 0); });
    }
    chart.logarithmic_y = positive;
    body += card(chart.title, to_svg(chart) + legend(names));
  }
  if (!body.empty()) chapter.section.body = "<div class=\"grid\">" + body + "</div>";
  return chapter;
}

Chapter metrics_chapter(const Findings& findings) {
  Chapter chapter{{"numbers", "All numbers", ""}, {}};
  std::map<std::string, Table> tables;  // by node, so that a table holds one evaluator's numbers
  for (const auto& found : findings.metrics) {
    auto& table = tables[found.origin.node];
    if (table.columns.empty()) {
      table.id = "numbers-" + found.origin.node;
      table.caption = found.value->evaluator;
      table.columns = {{"contender", "", Better::kNeither, true},
                       {"metric", "", Better::kNeither, true},
                       {"of", "", Better::kNeither, true},
                       {"value"},
                       {"real against real"},
                       {"unit", "", Better::kNeither, true},
                       {"better", "", Better::kNeither, true},
                       {"real"},
                       {"synthetic"},
                       {"repeats"},
                       {"note", "", Better::kNeither, true}};
    }
    const auto index = findings.contender(found.origin.variables);
    for (const auto& metric : found.value->metrics) {
      Row row{{{.text = findings.contenders[index].label},
               {.text = words(metric.name)},
               {.text = tags_text(metric.tags)},
               {.value = metric.value, .low = metric.low, .high = metric.high},
               {.text = "–", .value = metric.floor},
               {.text = metric.unit},
               {.text = metric.better == Better::kHigher  ? "higher"
                        : metric.better == Better::kLower ? "lower"
                                                          : ""},
               {.value = static_cast<double>(metric.real_count)},
               {.value = static_cast<double>(metric.synthetic_count)},
               {.value = static_cast<double>(metric.repeats)},
               {.text = metric.note}},
              findings.contenders[index].control ? RowKind::kControl : RowKind::kPlain};
      table.rows.push_back(std::move(row));
    }
  }
  for (auto& [node, table] : tables) {
    std::string notes;
    for (const auto& found : findings.metrics) {
      if (found.origin.node != node) continue;
      for (const auto& [name, text] : found.value->notes)
        notes += fmt::format("<li><b>{}</b>: {}</li>", escaped(words(name)), escaped(text));
      break;
    }
    chapter.section.body +=
        fmt::format("<details><summary>{}: {} numbers</summary>{}{}</details>", escaped(node), table.rows.size(),
                    notes.empty() ? "" : "<ul>" + notes + "</ul>", to_html(table));
    chapter.tables.push_back(std::move(table));
  }
  return chapter;
}

Chapter costs_chapter(const Findings& findings) {
  Chapter chapter{{"costs", "Costs", ""}, {}};
  if (findings.run.costs.empty()) return chapter;
  Table table{"costs",
              "What each node took when it really ran. Peak memory is the whole process's.",
              {{"node", "", Better::kNeither, true},
               {"stage", "", Better::kNeither, true},
               {"seconds", "s", Better::kLower},
               {"peak memory", "MiB", Better::kLower},
               {"parameters"},
               {"steps"},
               {"today", "", Better::kNeither, true}},
              {}};
  double total = 0;
  for (const auto& cost : findings.run.costs) {
    const Model* model = nullptr;
    for (const auto& found : findings.models)
      if (found.origin.node == cost.node.substr(0, cost.node.find('[')) && found.origin.variables == cost.variables)
        model = found.value;
    const auto fact = [&](const char* name) -> Cell {
      if (model && model->facts.contains(name)) return {.value = model->facts.at(name)};
      return {.text = ""};
    };
    table.rows.push_back({{{.text = cost.node},
                           {.text = cost.stage},
                           {.value = cost.seconds},
                           {.value = static_cast<double>(cost.peak_memory_bytes) / (1 << 20)},
                           fact("parameters"),
                           fact("steps"),
                           {.text = cost.cached ? "from the cache" : "ran"}},
                          RowKind::kPlain});
    total += cost.seconds;
  }
  chapter.section.body = fmt::format("<p>All nodes together: {} of work.</p>", shown_seconds(total)) + to_html(table);
  chapter.tables.push_back(std::move(table));
  return chapter;
}

Chapter pipeline_chapter(const Findings& findings) {
  Chapter chapter{{"pipeline", "Pipeline", ""}, {}};
  const auto& run = findings.run;
  if (!run.graph_svg.empty()) chapter.section.body += "<div class=\"scroll\">" + run.graph_svg + "</div>";
  if (!run.command.empty())
    chapter.section.body +=
        fmt::format("<p>Made by <code>{}</code>, Morgana {}.</p>", escaped(run.command), escaped(run.version));
  if (!run.pipeline_json.empty())
    chapter.section.body +=
        fmt::format("<details><summary>the pipeline with every default</summary><pre>{}</pre></details>",
                    escaped(run.pipeline_json));
  return chapter;
}

}  // namespace morgana::report
