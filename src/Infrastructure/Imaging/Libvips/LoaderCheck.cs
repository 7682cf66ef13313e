using System.ComponentModel;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>
/// Proves at start that libvips itself refuses what this service never reads, since most past vulnerabilities were in such loaders, and
/// that it reads what is converted.
/// </summary>
internal static class LoaderCheck
{
    // 16x16 pixels, since nothing here can encode them.
    private const string SmallHeic = """
        AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAA
        AAABAAEAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAKAACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAA
        AAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQ
        ABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFluqumubgQEDAgAAAAwCAAAADAIQiAAEABkQBwXPBiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAEAAAABAA
        AAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAADBtZGF0AAAAJCgBrxkhORLvXaW/94j/l6V/N1
        t8pkqmlwTXiJkLA4GAjZGdOA==
        """;

    private static readonly (string Name, string Class, string Loader, Action<Image, string> Write)[] Others =
    [
        ("check.tif", "VipsForeignLoadTiff", "tiffload", (image, path) => image.Tiffsave(path)),
        ("check.v", "VipsForeignLoadVips", "vipsload", (image, path) => image.Vipssave(path)),
        ("check.csv", "VipsForeignLoadCsv", "csvload", (image, path) => image.Csvsave(path)),
        ("check.webp", WebPFile.Loader, "webpload", (image, path) => image.Webpsave(path)),
        ("check.avif", HeifFile.Loader, "heifload", SaveAvif),
        ("check.mat", "VipsForeignLoadMatrix", "matrixload", (image, path) => image.Matrixsave(path)),
    ];

    /// <param name="folder">The caller removes its files.</param>
    /// <param name="allowed">Classes of loaders that may read.</param>
    /// <returns>The file that was read, if any.</returns>
    public static string? FindOpen(string folder, IReadOnlyList<string> allowed)
    {
        using Image image = Image.Black(8, 8);
        foreach ((string name, _, string loader, Action<Image, string> write) in Others.Where(other => !allowed.Contains(other.Class)))
        {
            string path = Path.Combine(folder, name);
            write(image, path);
            if (Reads(() => Image.NewFromFile(path)) || Reads(() => (Image)Operation.Call(loader, path)))
            {
                return name;
            }
        }

        return null;
    }

    /// <returns>Whether a small photo can be converted.</returns>
    /// <param name="folder">The caller removes its files.</param>
    public static bool Converts(string folder, ImageFormat format, Func<string, IForeignPicture> open)
    {
        string path = Path.Combine(folder, $"check.own.{format}");
        WriteSmall(path, format);
        try
        {
            open(path).Convert(into: null, quality: 90, path + ".jpg");
            return true;
        }
        catch (Exception exception) when (exception is VipsException or InvalidImageException or Win32Exception)
        {
            return false;
        }
    }

    private static void WriteSmall(string path, ImageFormat format)
    {
        using Image image = Image.Black(8, 8, bands: 3);
        if (format == ImageFormat.WebP)
        {
            image.Webpsave(path);
        }
        else if (format == ImageFormat.Avif)
        {
            SaveAvif(image, path);
        }
        else
        {
            File.WriteAllBytes(path, Convert.FromBase64String(SmallHeic));
        }
    }

    private static void SaveAvif(Image image, string path) => image.Heifsave(path, compression: Enums.ForeignHeifCompression.Av1, effort: 0);

    private static bool Reads(Func<Image> load)
    {
        try
        {
            using Image image = load();
            return image.Width > 0;
        }
        catch (VipsException)
        {
            return false;
        }
    }
}
