using ImageBackend.Infrastructure.Imaging.Formats;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>
/// Proves at start that libvips itself refuses what this service never reads: most past vulnerabilities were in such loaders.
/// </summary>
internal static class LoaderCheck
{
    private static readonly (string Name, string Class, string Loader, Action<Image, string> Write)[] Others =
    [
        ("check.tif", "VipsForeignLoadTiff", "tiffload", (image, path) => image.Tiffsave(path)),
        ("check.v", "VipsForeignLoadVips", "vipsload", (image, path) => image.Vipssave(path)),
        ("check.csv", "VipsForeignLoadCsv", "csvload", (image, path) => image.Csvsave(path)),
        ("check.mat", "VipsForeignLoadMatrix", "matrixload", (image, path) => image.Matrixsave(path)),
    ];

    /// <param name="folder">The caller removes its files.</param>
    /// <returns>The file that was read, if any.</returns>
    public static string? Run(string folder)
    {
        using Image image = Image.Black(8, 8);
        foreach ((string name, _, string loader, Action<Image, string> write) in Others.Where(other => KnownFormats.All.All(format => format.Loader != other.Class)))
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
