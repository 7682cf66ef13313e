using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Reads which photos are converted to JPEG or PNG before they are stored.</summary>
internal static class ConversionSettings
{
    /// <summary>The variables that it is read from, for a process that converts for another.</summary>
    public static readonly IReadOnlyList<string> Variables = [Name, QualityName, HeicDecoderName];

    /// <summary>The variable with the path of the program that decodes HEIC.</summary>
    public const string HeicDecoderName = "HEIF_CONVERT";

    private const string Name = "CONVERT_UPLOADS";
    private const string QualityName = "CONVERT_QUALITY";
    private const string NoFormat = "none";
    private const string InstalledDecoder = "/usr/bin/heif-convert";

    /// <param name="engine">The name of one of <see cref="KnownEngines"/>.</param>
    /// <param name="limits">Those of a worker are also those of a program that it runs.</param>
    public static Conversion Read(SettingsReader variables, string engine, JobLimits limits)
    {
        IReadOnlyList<ImageFormat> possible = KnownEngines.All[0].Converted;
        string all = string.Join(',', possible);
        string text = variables.Text(
            Name, all, "Formats of photos that are taken besides JPEG, PNG, GIF and SVG, comma-separated, to be stored as JPEG, or as PNG if they are transparent; `none`: no others.")!;
        int quality = variables.Number(QualityName, Conversion.None.Quality, 1, 100, "Quality of those JPEGs.");
        string[] names = text.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<ImageFormat> formats = [];
        foreach (string name in names.Length == 1 && names[0] == NoFormat ? [] : names.Distinct(StringComparer.Ordinal))
        {
            if (possible.FirstOrDefault(format => format.Extension == name) is { } format)
            {
                formats.Add(format);
            }
            else
            {
                variables.AddError(Name, $"'{name}' is not one of: {string.Join(", ", possible)}; or {NoFormat} alone");
            }
        }

        DecoderProgram? decoder = FindDecoder(variables) is { } path ? new DecoderProgram(path, limits.Cpu, limits.Memory) : null;
        return new Conversion(OfEngine(formats, engine, variables), quality) { HeicDecoder = decoder };
    }

    private static string? FindDecoder(SettingsReader variables)
    {
        string? path = variables.Text(
            HeicDecoderName, null, "The program that decodes HEIC: that of libheif, with libde265. Without one, HEIC is refused.", shownDefault: $"`{InstalledDecoder}`, if it is there");
        if (path is null)
        {
            return File.Exists(InstalledDecoder) ? InstalledDecoder : null;
        }

        if (!Path.IsPathRooted(path) || !File.Exists(path))
        {
            variables.AddError(HeicDecoderName, $"'{path}' is not the path of a program; for example {InstalledDecoder}");
        }

        return path;
    }

    // Unless they were asked for, formats that the engine does not convert are simply not taken.
    private static List<ImageFormat> OfEngine(List<ImageFormat> formats, string engine, SettingsReader variables)
    {
        IImagingEngine chosen = KnownEngines.Of(engine);
        foreach (ImageFormat format in formats.Where(format => variables.ValueOf(Name) is not null && !chosen.Converted.Contains(format)))
        {
            variables.AddError(Name, $"can't be {format} with IMAGING_ENGINE={engine}, which does not convert {Conversion.NameOf(format)}");
        }

        return [.. formats.Where(chosen.Converted.Contains)];
    }
}
