using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Reads which photos are converted to JPEG or PNG before they are stored.</summary>
internal static class ConversionSettings
{
    /// <summary>The variables that it is read from, for a process that converts for another.</summary>
    public static readonly IReadOnlyList<string> Variables = [Name, QualityName];

    private const string Name = "CONVERT_UPLOADS";
    private const string QualityName = "CONVERT_QUALITY";
    private const string NoFormat = "none";

    /// <param name="engine">The name of one of <see cref="KnownEngines"/>.</param>
    public static Conversion Read(SettingsReader variables, string engine)
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

        return new Conversion(OfEngine(formats, engine, variables), quality);
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
