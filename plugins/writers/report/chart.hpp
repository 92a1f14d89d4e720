// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace morgana::report {

/// Colour of the n-th series: Okabe and Ito's palette, told apart by colour-blind readers too.
std::string series_colour(std::size_t index);

struct Line {
  std::string name;
  std::vector<double> x, y;
  std::string colour;
  bool dashed = false;
};

struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Line> lines;
  bool logarithmic_x = false, logarithmic_y = false, steps = false;
  int width = 330, height = 190;
};

/// One estimate with its interval, on a row of its own.
struct Dot {
  std::string name;
  double value = 0;
  std::optional<double> low, high;
  std::string colour;
  bool hollow = false;  ///< a control
};

struct DotChart {
  std::string title, unit;
  std::vector<Dot> dots;
  std::optional<double> reference;  ///< drawn as a vertical line: real against real
};

struct HeatMap {
  std::string title;
  std::vector<std::string> rows, columns;
  std::vector<double> values;  ///< row-major; each row is shown relative to its sum
};

std::string to_svg(const LineChart& chart);
std::string to_svg(const DotChart& chart);
std::string to_svg(const HeatMap& map);
/// HTML that names the lines' colours.
std::string legend(const std::vector<std::pair<std::string, std::string>>& names_and_colours);

}  // namespace morgana::report
