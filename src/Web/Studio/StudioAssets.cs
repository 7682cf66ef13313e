using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Web.Studio;

/// <summary>The studio's files, as they are embedded in the program.</summary>
internal sealed class StudioAssets
{
    private const string Prefix = "studio/";
    private const string PageName = "index.html";

    private readonly Dictionary<string, StudioAsset> _files;

    private StudioAssets(SortedDictionary<string, byte[]> contents)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, byte[] content) in contents)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(content);
        }

        Version = Convert.ToHexStringLower(hash.GetHashAndReset(), 0, 8);
        contents.Remove(PageName, out byte[]? page);
        Page = new StudioAsset(PageName, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page!).Replace($"\"{Prefix}", $"\"{Prefix}{Version}/", StringComparison.Ordinal)));
        _files = contents.ToDictionary(one => one.Key, one => new StudioAsset(one.Key, one.Value), StringComparer.Ordinal);
    }

    /// <summary>Of all files together. The page names them below it, so that a browser need not ask whether they have changed.</summary>
    public string Version { get; }

    /// <summary>At the studio's own address.</summary>
    public StudioAsset Page { get; }

    public static StudioAssets Load()
    {
        Assembly program = typeof(StudioAssets).Assembly;
        return new StudioAssets(new SortedDictionary<string, byte[]>(
            program.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .ToDictionary(name => name[Prefix.Length..], name => Read(program, name)),
            StringComparer.Ordinal));
    }

    /// <param name="name">As the page names it, without the version.</param>
    public StudioAsset? Find(string name) => _files.GetValueOrDefault(name);

    private static byte[] Read(Assembly program, string name)
    {
        using Stream resource = program.GetManifestResourceStream(name)!;
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
