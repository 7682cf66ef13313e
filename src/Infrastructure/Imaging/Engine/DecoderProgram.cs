namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>A program that decodes what no library here does.</summary>
/// <param name="Path">Of the executable.</param>
/// <param name="Cpu">CPU time that it may take for a picture.</param>
/// <param name="Memory">Bytes of addresses that it may take.</param>
public sealed record DecoderProgram(string Path, TimeSpan Cpu, long Memory);
