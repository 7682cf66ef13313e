using System.Globalization;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>
/// Reads which thumbnails are made from RESIZING_CONFIG. It has the predecessors' form: a list of suffixes with ImageMagick's arguments.
/// </summary>
internal sealed class ResizingConfig
{
    /// <summary>The variables that determine how thumbnails look, for a process that makes those of another.</summary>
    public static readonly IReadOnlyList<string> Variables = [Name, "WEBP_QUALITY", "WEBP_EFFORT", "AVIF_QUALITY", "AVIF_EFFORT"];

    private const string Name = "RESIZING_CONFIG";
    private const string Example = """[{"suffix": "MI", "convert": ["-resize", "400x400>", "-quality", "90"]}]""";

    // ImageMagick's own, for a source that has none.
    private const int DefaultQuality = 92;

    private readonly SettingsReader _variables;
    private readonly List<string> _suffixes = [];

    private ResizingConfig(SettingsReader variables) => _variables = variables;

    public static ThumbnailSet Read(SettingsReader variables)
    {
        string? text = variables.Text(
            Name, null, "The thumbnails, as a JSON list of suffixes and ImageMagick's arguments; explained below.", shownDefault: "`BI`, `MI` and `SI`");
        IReadOnlyList<ThumbnailSpec> specs = text is null ? ThumbnailSet.Default.Specs : new ResizingConfig(variables).Parse(text);
        IReadOnlyList<string> former = ReadFormerSizes(variables, specs);
        List<ImageFormat> modern = [];
        if (variables.Flag("GENERATE_WEBP", "Whether each thumbnail is made in WebP too, in the background."))
        {
            modern.Add(ImageFormat.WebP);
        }

        ModernEncoder webP = new(
            variables.Number("WEBP_QUALITY", ModernEncoder.WebP.Quality, 1, 100, "Quality of WebP thumbnails."),
            variables.Number("WEBP_EFFORT", ModernEncoder.WebP.Effort, 0, 6, "CPU time for fewer bytes of WebP."));

        if (variables.Flag("GENERATE_AVIF", "Whether each thumbnail is made in AVIF too, in the background."))
        {
            modern.Add(ImageFormat.Avif);
        }

        ModernEncoder avif = new(
            variables.Number("AVIF_QUALITY", ModernEncoder.Avif.Quality, 1, 100, "Quality of AVIF thumbnails."),
            variables.Number("AVIF_EFFORT", ModernEncoder.Avif.Effort, 0, 9, "CPU time for fewer bytes of AVIF; above 3 it takes six times as long and more, so DECODE_CPU_SECONDS must be raised too."));
        return new ThumbnailSet([.. specs.Select(spec => spec with { WebP = webP, Avif = avif })], modern, former);
    }

    private static List<string> ReadFormerSizes(SettingsReader variables, IReadOnlyList<ThumbnailSpec> specs)
    {
        const string Former = "FORMER_SIZES";
        string? text = variables.Text(
            Former, null, "Suffixes of sizes that used to be made and no longer are, comma-separated: `/delete` and `/rotate` remove their thumbnails too.");
        List<string> suffixes = [];
        foreach (string suffix in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal))
        {
            if (!ThumbnailSpec.IsSuffix(suffix))
            {
                variables.AddError(Former, $"'{suffix}' is not a suffix: a letter, then up to 19 letters, digits, - or _; for example {Former}=XL,PI");
            }
            else if (specs.Any(spec => spec.Suffix == suffix))
            {
                variables.AddError(Former, $"'{suffix}' is a size that is still made; remove it here or from {Name}");
            }
            else
            {
                suffixes.Add(suffix);
            }
        }

        return suffixes;
    }

    private List<ThumbnailSpec> Parse(string text)
    {
        List<ThumbnailSpec> specs = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() == 0)
            {
                _variables.AddError(Name, $"is not a list with at least one entry; for example {Example}");
                return specs;
            }

            int number = 0;
            foreach (JsonElement entry in document.RootElement.EnumerateArray())
            {
                if (ParseEntry(entry, ++number) is { } spec)
                {
                    specs.Add(spec);
                }
            }
        }
        catch (JsonException exception)
        {
            _variables.AddError(Name, $"is not JSON (line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}); for example {Example}");
        }

        foreach (IGrouping<string, string> twice in _suffixes.GroupBy(suffix => suffix).Where(group => group.Count() > 1))
        {
            _variables.AddError(Name, $"has the suffix '{twice.Key}' {twice.Count()} times; each thumbnail needs one of its own");
        }

        return [.. specs.DistinctBy(spec => spec.Suffix)];
    }

    private ThumbnailSpec? ParseEntry(JsonElement entry, int number)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("suffix", out JsonElement suffix) || suffix.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("convert", out JsonElement convert) || convert.ValueKind != JsonValueKind.Array
            || convert.EnumerateArray().Any(argument => argument.ValueKind != JsonValueKind.String))
        {
            _variables.AddError(Name, $"entry {number} is not an object with 'suffix', a text, and 'convert', a list of texts; for example {Example}");
            return null;
        }

        string name = suffix.GetString()!;
        _suffixes.Add(name);
        Arguments arguments = new([.. convert.EnumerateArray().Select(argument => argument.GetString()!)]);
        string? problem = arguments.Parse();
        if (problem is not null)
        {
            _variables.AddError(Name, $"entry {number} (suffix '{name}'): {problem}");
        }

        try
        {
            ThumbnailSpec spec = arguments.ToSpec(name);
            return problem is null ? spec : null;
        }
        catch (FormatException exception)
        {
            _variables.AddError(Name, $"entry {number}: {exception.Message}");
            return null;
        }
    }

    /// <summary>The arguments of one entry, in their order.</summary>
    private sealed class Arguments(IReadOnlyList<string> texts)
    {
        private Cut? _crop;
        private Geometry? _resize;
        private Cut? _cut;
        // ImageMagick counts from the upper left corner by default.
        private Gravity _gravity = Gravity.NorthWest;
        // Whether the picture remembers that it is a part of a larger one, as in ImageMagick.
        private bool _isPartOfPage;
        private Colour _background = Colour.White;
        private Colour _fill = Colour.White;
        private int _quality = DefaultQuality;
        private bool _isInterlaced;
        private bool? _hasFullChroma;

        /// <returns>The first problem, or null.</returns>
        public string? Parse()
        {
            for (int i = 0; i < texts.Count; i++)
            {
                string argument = texts[i];
                if (argument is "-strip" or "-auto-orient" or "+repage")
                {
                    // These are always done; but with +repage a crop counts from a different origin than without.
                    _isPartOfPage &= argument != "+repage";
                    continue;
                }

                if (!argument.StartsWith('-') || argument.Length < 2)
                {
                    return $"'{argument}' was found where an argument such as -resize is expected";
                }

                if (Explain(argument) is not { } expected)
                {
                    return $"{argument} is not supported; use -resize, -thumbnail, -crop, -gravity, -extent, -quality, -strip, -auto-orient, "
                        + "-interlace, -sampling-factor, -background or +repage. Ask for more in the project's issues";
                }

                if (++i == texts.Count)
                {
                    return $"{argument} has no value; expected: {expected}";
                }

                if (Take(argument, texts[i]) is { } problem)
                {
                    return $"{argument} '{texts[i]}' {problem}; expected: {expected}";
                }
            }

            return null;
        }

        /// <exception cref="FormatException">The suffix is not valid.</exception>
        public ThumbnailSpec ToSpec(string suffix) => new(suffix, _resize ?? Geometry.Unchanged, extent: null, _quality)
        {
            Crop = _crop,
            Cut = _cut,
            Background = _fill,
            IsInterlaced = _isInterlaced,
            HasFullChroma = _hasFullChroma,
        };

        private static string? Explain(string argument) => argument switch
        {
            "-resize" or "-thumbnail" => "a box such as 400x400>, 300x, 200x200^, 100x100!, 50% or 90000@, of at most 100 megapixels, once, before -extent and a second -crop",
            "-crop" => "a size with an offset such as 200x200+0+0 or 50%x50%+0+0, once before and once after -resize; the second one needs +repage before it",
            "-gravity" => "center, north, northeast and so on",
            "-extent" => "a size such as 200x200, 200x200+10-5 or 120%, of at most 100 megapixels, once, at the end",
            "-quality" => "a number from 1 to 100",
            "-interlace" => "none, line, plane, JPEG or PNG",
            "-sampling-factor" => "4:2:0 or 4:4:4",
            "-background" => "white, black or a colour such as #eeeeee",
            _ => null,
        };

        private string? Take(string argument, string value)
        {
            switch (argument)
            {
                case "-resize" or "-thumbnail":
                    if (_resize is not null || _cut is not null)
                    {
                        return "comes too late";
                    }

                    return Geometry.TryParse(value, out _resize) && !(_resize.MaxPixels > ThumbnailLimits.MaxPixels) ? null : "is not a supported size";

                case "-crop":
                    return Cut.TryParseCrop(value, _gravity, out Cut? crop) ? Take(crop) : "is not a supported crop";

                case "-extent":
                    return Cut.TryParseExtent(value, _gravity, out Cut? canvas) ? Take(canvas) : "is not a supported size";

                case "-gravity":
                    return Enum.TryParse(value, ignoreCase: true, out _gravity) && !value.Any(char.IsDigit) ? null : "is not a valid gravity";

                case "-quality":
                    return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _quality) && _quality is >= 1 and <= 100 ? null : "is not a valid quality";

                case "-interlace":
                    string scheme = value.ToLowerInvariant();
                    _isInterlaced = scheme != "none";
                    return scheme is "none" or "line" or "plane" or "jpeg" or "png" ? null : "is not a supported scheme";

                case "-sampling-factor":
                    _hasFullChroma = value is "4:4:4" or "1x1" ? true : value is "4:2:0" or "2x2" ? false : null;
                    return _hasFullChroma is null ? "is not a supported factor" : null;

                default: // -background
                    return Colour.TryParse(value, out _background) ? null : "is not a supported colour";
            }
        }

        private string? Take(Cut cut)
        {
            if (_cut is not null)
            {
                return "comes too late";
            }

            if (cut.MaxPixels > ThumbnailLimits.MaxPixels)
            {
                return "is not a supported size";
            }

            if (_isPartOfPage && (!cut.IsCanvas || cut.TakesSidesOfPicture))
            {
                return "counts from the picture as it was before the first -crop";
            }

            bool isFirst = !cut.IsCanvas && _crop is null && _resize is null;
            (_crop, _cut) = isFirst ? (cut, null) : (_crop, cut);
            _fill = _background;
            _isPartOfPage = !cut.IsCanvas;
            return null;
        }
    }
}
