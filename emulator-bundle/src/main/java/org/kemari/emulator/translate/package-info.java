/**
 * The translator: hot guest code becomes JVM bytecode. {@code Translator} takes requests on the machine thread and works
 * on a thread of its own; {@code RegionPlan} finds the basic blocks of a region and what each may cost; {@code
 * RegionWriter} and the emitters beside it write the class; {@code RegionLoader} binds it to one hart as a hidden class.
 * What the code means is said by {@code cpu.Interpreter}: translated code does the same to the bit.
 */
package org.kemari.emulator.translate;
