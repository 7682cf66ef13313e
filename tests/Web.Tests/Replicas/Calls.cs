using ImageBackend.Domain;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>What a site sends, to one replica or to nginx; and what must be stored afterwards.</summary>
internal static class Calls
{
    public static async Task<string> UploadAsync(this HttpClient client, byte[] photo)
    {
        using HttpResponseMessage answer = await client.PostAsync("/upload", new RawForm().File(photo).ToContent());
        return (await answer.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    public static Task<HttpResponseMessage> PublishAsync(this HttpClient client, string name, string crop = "") =>
        client.PostFormAsync("/publish", ("filename", name), ("crop", crop));

    public static Task<HttpResponseMessage> DeleteImageAsync(this HttpClient client, string name) => client.PostFormAsync("/delete", ("filenames", name));

    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent form = new(fields.Append(("secret", TestService.Secret)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await client.PostAsync(path, form);
    }

    /// <summary>All of it is in active, and nothing of it in incoming.</summary>
    public static async Task ShouldBePublishedAsync(this Fleet fleet, string name, byte[] photo)
    {
        (await fleet.Active.NamesAsync()).Where(name.IsOriginalOf).Should().BeEquivalentTo(name.WithThumbnails());
        (await fleet.Incoming.NamesAsync()).Where(name.IsOriginalOf).Should().BeEmpty();
        (await fleet.Active.ReadAsync(name)).Should().Equal(photo);
    }

    public static async Task ShouldBeGoneAsync(this Fleet fleet, string name)
    {
        (await fleet.Active.NamesAsync()).Concat(await fleet.Incoming.NamesAsync()).Where(name.IsOriginalOf).Should().BeEmpty();
    }

    public static IEnumerable<string> WithThumbnails(this string name)
    {
        ImageKey key = ImageKey.Parse(name);
        return ThumbnailSet.Default.Specs.Select(spec => key.Thumbnail(spec).ToString()).Prepend(name);
    }

    private static bool IsOriginalOf(this string name, string stored) => stored.StartsWith(ImageKey.Parse(name).Stem, StringComparison.Ordinal);
}
