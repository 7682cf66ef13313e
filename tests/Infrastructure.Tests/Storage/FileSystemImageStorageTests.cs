using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>The contract, on a real folder.</summary>
public sealed class FileSystemImageStorageTests : ImageStorageContract, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override IImageStorage CreateStorage(string name) => new FileSystemImageStorage(name, _folder.CreateFolder(name));
}
