using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Crashes;

/// <summary>A request that the service is killed in, and what must be true afterwards.</summary>
/// <param name="Needs">What is published, uploaded or nothing of the image before.</param>
/// <param name="SendAsync">Sends it for a key.</param>
internal sealed record Deed(string Name, ImageNeed Needs, Func<CrashSite, string, Task<HttpResponseMessage>> SendAsync)
{
    public static readonly byte[] Photo = Pictures.Jpeg(90, 60);

    public static IReadOnlyList<Deed> All { get; } =
    [
        new("upload", ImageNeed.None, (site, _) => site.UploadAsync(Photo)),
        new("publish", ImageNeed.Uploaded, (site, key) => site.PostAsync("/publish", ("filename", key))),
        new("publish with a crop", ImageNeed.Uploaded, (site, key) => site.PostAsync("/publish", ("filename", key), ("crop", "40x40+10+10"))),
        new("recrop", ImageNeed.Published, (site, key) => site.PostAsync("/recrop", ("filename", key), ("crop", "40x40+10+10"))),
        new("rotate", ImageNeed.Published, (site, key) => site.PostAsync("/rotate", ("filename", key), ("rotation", "90"))),
        new("delete", ImageNeed.Published, (site, key) => site.PostAsync("/delete", ("filenames", key))),
        new("delete of an upload", ImageNeed.Uploaded, (site, key) => site.PostAsync("/delete", ("filenames", key))),
    ];

    /// <returns>The key; empty if nothing is needed.</returns>
    public async Task<string> PrepareAsync(CrashSite site)
    {
        if (Needs == ImageNeed.None)
        {
            return "";
        }

        using HttpResponseMessage uploaded = await site.UploadAsync(Photo);
        string key = await CrashSite.KeyAsync(uploaded);
        if (Needs == ImageNeed.Published)
        {
            using HttpResponseMessage published = await site.PostAsync("/publish", ("filename", key));
            published.IsSuccessStatusCode.Should().BeTrue();
        }

        return key;
    }

    public override string ToString() => Name;
}

internal enum ImageNeed
{
    None,
    Uploaded,
    Published,
}
