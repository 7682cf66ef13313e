using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>Objects at the size limits of services, the SDK and this program.</summary>
[Collection(S3Collection.Name)]
public sealed class S3SizeTests(S3Server server) : IDisposable
{
    private const int PartBytes = 5 * 1024 * 1024; // the smallest part, at which multipart uploads begin
    private const int AnswerBytes = 16_000_000; // how much of an answer is kept, once
    private const int UploadBytes = 40_000_000; // MAX_UPLOAD_BYTES

    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsS3Theory]
    [InlineData(PartBytes, false)]
    [InlineData(PartBytes + 1, true)]
    [InlineData(8_000_001, false)]
    [InlineData(AnswerBytes, true)]
    [InlineData(AnswerBytes + 1, false)]
    [InlineData(AnswerBytes + 1, true)]
    [InlineData(UploadBytes, false)]
    [InlineData(UploadBytes, true)]
    [InlineData(UploadBytes + 1, false)]
    public async Task An_object_of_any_size_is_put_found_read_copied_compared_and_removed(int bytes, bool isOfTwoAccounts)
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server, activeKey: isOfTwoAccounts && server.IsOurs ? "otheraccess" : null);
        (IImageStorage incoming, IImageStorage active) = (buckets.Stores.Incoming, buckets.Stores.Active);
        await using FileStream file = NewFile(bytes);
        byte[] sum = await SHA256.HashDataAsync(file);
        file.Position = 0;

        await incoming.PutAsync(Key, file, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);
        await active.CopyFromAsync(incoming, Key, properties: null, None);
        await active.VerifyCopyAsync(incoming, Key, None);
        await active.SetPropertiesAsync(Key, ImageProperties.None, None);
        await incoming.DeleteAllAsync([Key], None);

        (await incoming.FindAsync(Key, None)).Should().BeNull();
        StoredImage found = (await active.FindAsync(Key, None))!;
        (found.Bytes, found.Properties).Should().Be((bytes, ImageProperties.None));
        (await ((IAccessCheck)active).HasConfiguredAccessAsync(found, None)).Should().BeTrue();
        await using OpenedImage opened = await active.OpenReadAsync(Key, None);
        (await SHA256.HashDataAsync(opened.Content)).Should().Equal(sum);
        Directory.EnumerateFileSystemEntries(buckets.SpoolFolder).Should().BeEmpty();
    }

    private FileStream NewFile(int bytes)
    {
        FileStream file = new(_folder.File("content"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);
        byte[] block = new byte[1_000_000];
        Random random = new(bytes);
        for (int left = bytes; left > 0; left -= block.Length)
        {
            random.NextBytes(block);
            file.Write(block, 0, Math.Min(block.Length, left));
        }

        file.Position = 0;
        return file;
    }
}
