namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

public sealed class LibvipsEngineTests() : EngineContract("libvips", Seen.ByImageSharp);
