using System.Reflection;

namespace ImageBackend.Web.Studio;

/// <summary>The studio's files, by name.</summary>
internal static class StudioAssets
{
    private const string Prefix = "studio/";

    /// <summary>The page itself, at the studio's own address.</summary>
    public const string Page = "index.html";

    /// <returns>All files that are embedded in the program.</returns>
    public static IReadOnlyDictionary<string, StudioAsset> Load()
    {
        Assembly program = typeof(StudioAssets).Assembly;
        return program.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => new StudioAsset(name, Read(program, name)), StringComparer.Ordinal);
    }

    private static byte[] Read(Assembly program, string name)
    {
        using Stream resource = program.GetManifestResourceStream(name)!;
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
